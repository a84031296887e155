// The task runner as one module that any Node can run: the package's own shares chunks, and sources are TypeScript, of which each
// costs a runner another millisecond of processor time.
import { TASK_RUNNER_ENTRY } from '@towpath/sdk';
import { runEsbuild } from '../code/bundles/run-esbuild.ts';
import { once } from './once.ts';

/** Reads it; it is made once, which costs the start of esbuild. */
export function createTaskRunnerModule(entry: string = TASK_RUNNER_ENTRY): () => Promise<string> {
  return once(() => bundle(entry));
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await runEsbuild({
    entryPoints: [entry],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
}
