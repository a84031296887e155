// A module in TypeScript or JavaScript with the packages it imports, as one module of plain JavaScript for Node 24.
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';

/** Bundled CommonJS calls require() for Node's own modules, which an ES module does not have. */
const REQUIRE = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** The same source and packages give the same bytes, wherever they lie. @throws TowpathError `DATAKIT_BUNDLE_FAILED` */
export async function bundleModule(folder: string, source: string): Promise<Uint8Array> {
  // A program of its own: loaded by who builds alone.
  const { build } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: [join(folder, source)],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      // Without blanks also without the comments that name where each module lay.
      minifySyntax: true,
      minifyWhitespace: true,
      // Stack traces from a container stay readable.
      keepNames: true,
      legalComments: 'none',
      banner: { js: REQUIRE },
      logLevel: 'silent',
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  } catch (thrown) {
    throw new TowpathError({
      code: 'DATAKIT_BUNDLE_FAILED',
      message: `${source} can't be bundled.`,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      fix: 'Correct the module, or install the package that it imports.',
    });
  }
}
