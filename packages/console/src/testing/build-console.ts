// Builds the console into a folder of its own, so that tests see the sources as they are and disturb nobody's dist.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A build takes three seconds, and minutes on a machine that does ten other things. */
export const BUILD_PATIENCE_MS = 300_000;

/** Builds as `npm run build` does; gives the folder, which the caller removes. Takes about three seconds. */
export async function buildConsole(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'towpath-console-'));
  await build({
    root: fileURLToPath(new URL('../../', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  return folder;
}
