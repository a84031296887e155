// A run of many attempts that do nothing, by a whole instance: what it costs is what Towpath and the engine need for them.
import { type AttemptView, GetRun, StartRun } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { startDev, stopDev } from '../../tests/support/instance.ts';
import type { TestProject } from '../../tests/support/test-project.ts';

/** Attempts at a time. */
export const WIDTH = 20;

const RUN_DEADLINE_MS = 1_200_000;

/** Writes the datakit `bench`, whose command leaves the time at which it ran, and the pipeline; `local` is the YAML of the environment. */
export function writeFan(project: TestProject, local: string, attempts: number): void {
  project.write('towpath.yaml', `name: bench\nenvironments:\n  local:\n    kind: local\n${local}`);
  project.write(
    'datakits/bench/datakit.yaml',
    'name: bench\nversion: 1.0.0\nkind: test\ndescription: Tells the time\ncommands: [tell]\nenvironment: []\n',
  );
  project.write('datakits/bench/bin/tell', `#!/bin/sh\n${TELL} > "$TOWPATH_RESULT"\n`, 0o755);
  project.write(
    'pipelines/bench.ts',
    `import { datakitTask, definePipeline } from 'towpath';
const tasks = Array.from({ length: ${attempts} }, (_, i) =>
  datakitTask({ id: 't' + i, datakit: 'bench', version: '1.0.0', command: 'tell' }));
export default definePipeline({ name: 'fan', tasks });
`,
  );
}

/** Prints `{"at":<ms of the epoch>}`. */
export const TELL = `printf '{"at":%s}' "$(date +%s%3N)"`;

export interface FanRun {
  readonly wallSeconds: number;
  readonly attempts: readonly AttemptView[];
}

/** Starts an instance with this executor, runs the pipeline once, and stops it. */
export async function runFan(
  project: TestProject,
  executor: string,
  env: Readonly<Record<string, string>> = {},
): Promise<FanRun> {
  const dev = await startDev(project, ['--max-attempts', String(WIDTH), '--executor', executor], env);
  try {
    const startedAt = performance.now();
    const { id } = await dev.client.call(StartRun, { body: { pipeline: 'fan', environment: 'local' } });
    const hasEnded = async () => isTerminalRunState((await dev.client.call(GetRun, { params: { runId: id } })).state);
    await waitFor('the run to end', RUN_DEADLINE_MS, hasEnded);
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const { tasks } = await dev.client.call(GetRun, { params: { runId: id } });
    return { wallSeconds, attempts: tasks.flatMap(({ attempts }) => attempts) };
  } finally {
    await stopDev(dev);
  }
}
