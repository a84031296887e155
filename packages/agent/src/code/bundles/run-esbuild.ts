// esbuild, which keeps a process for later builds: some MiB for a moment in which somebody saves. It is one for all builds of
// this process, so the last one ends it.
import type { BuildOptions, BuildResult, SameShape } from 'esbuild';

let running = 0;

/** Builds. @throws BuildFailure of esbuild */
export async function runEsbuild<Options extends BuildOptions>(
  options: SameShape<BuildOptions, Options>,
): Promise<BuildResult<Options>> {
  const { build, stop } = await import('esbuild');
  running += 1;
  try {
    return await build(options);
  } finally {
    running -= 1;
    if (running === 0) await stop();
  }
}
