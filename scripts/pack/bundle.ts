// Bundles with esbuild: for Node 24, ESM, in chunks, so that a command loads only what it needs.

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** Bundled CommonJS calls require() for Node's own modules, which an ES module does not have. */
const REQUIRE = `import { createRequire as createRequireOfChunk } from 'node:module';
const require = createRequireOfChunk(import.meta.url);`;

const SHARED: BuildOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: stack traces from a user's machine must be readable.
  keepNames: true,
  legalComments: 'none',
  banner: { js: REQUIRE },
  chunkNames: '[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
  // Native speed-ups that pg tries and does without; and esbuild, a program that the package depends on.
  external: ['pg-native', 'pg-cloudflare', 'esbuild'],
};

/** Source files that are an entry of their own in the package; where they are, the caller passes their place. */
const REPLACED_ENTRIES = new Set(['./code-server-main.ts', './task-runner-main.ts', './launcher-main.ts']);

/** Bundles the executable, the authors' module, the code server, the launcher and the task runner. Returns the bundled files, for their licences. */
export async function bundleExecutable(folder: string): Promise<string[]> {
  const result = await build({
    ...SHARED,
    outdir: folder,
    entryPoints: {
      cli: 'packages/cli/src/main.ts',
      sdk: 'packages/cli/src/sdk.ts',
      'code-server': 'packages/sdk/src/code-server/code-server-main.ts',
      launcher: 'packages/agent/src/executors/process/launcher/launcher-main.ts',
      'task-runner': 'packages/sdk/src/task-runner/task-runner-main.ts',
    },
    metafile: true,
  });
  assertAssetsPresent(folder, Object.keys(result.metafile.outputs));
  return Object.keys(result.metafile.inputs);
}

/** Bundles the datakit, which runs as a process of its own. Returns the bundled files, for their licences. */
export async function bundleDatakit(folder: string): Promise<string[]> {
  const entryPoints = { 'datakit-sqlserver': 'datakits/sqlserver/src/main.ts' };
  const result = await build({ ...SHARED, outdir: folder, entryPoints, metafile: true });
  assertAssetsPresent(folder, Object.keys(result.metafile.outputs));
  return Object.keys(result.metafile.inputs);
}

/** Bundles one program like the others, for measurements; gives the file. */
export async function bundleProgram(source: string, folder: string): Promise<string> {
  const name = basename(source, '.ts');
  await build({ ...SHARED, outdir: folder, entryPoints: { [name]: source } });
  return join(folder, `${name}.js`);
}

/** Every file a chunk looks for beside itself must have been copied there. */
function assertAssetsPresent(folder: string, outputs: readonly string[]): void {
  for (const output of outputs) {
    const code = readFileSync(output, 'utf8');
    for (const [, name = ''] of code.matchAll(/new URL\(\s*["'`](\.\/[^"'`]+)["'`]\s*,\s*import\.meta\.url/g)) {
      if (REPLACED_ENTRIES.has(name) || existsSync(join(folder, name))) continue;
      throw new Error(`${output} looks for ${name} beside itself; scripts/pack.ts does not copy it there`);
    }
  }
}
