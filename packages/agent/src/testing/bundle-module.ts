// A module as the npm package ships it: bundled by esbuild, with what is imported late in files of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What was bundled and imported. */
export interface BundledModule<Exports> {
  readonly exports: Exports;
  /** Paths of the sources that are loaded with it at once. */
  readonly loadedAtOnce: readonly string[];
}

/** Bundles the module, imports it and hands it to `use`; nothing of it is left afterwards. */
export async function withBundled<Exports>(
  source: URL,
  use: (bundled: BundledModule<Exports>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-bundled-'));
  try {
    const { metafile } = await build({
      entryPoints: { entry: fileURLToPath(source) },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['pg-native'],
      metafile: true,
      banner: { js: "import { createRequire as of } from 'node:module'; const require = of(import.meta.url);" },
    });
    const entry = Object.entries(metafile.outputs).find(([path]) => path.endsWith('/entry.mjs'));
    if (!entry) throw new Error('the bundle has no entry');
    await use({ exports: await import(join(folder, 'entry.mjs')), loadedAtOnce: Object.keys(entry[1].inputs) });
  } finally {
    await rm(folder, { recursive: true });
  }
}
