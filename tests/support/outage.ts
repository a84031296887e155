// A part of what runs attempts is killed while they start, run, end and are cancelled, and is back some seconds later.
import { setTimeout as pause } from 'node:timers/promises';
import { CancelRun, type RunDetail, StartRun, type TaskView } from '@towpath/api';
import type { PartControl } from '@towpath/testkit';
import type { ContainerRig } from './container-rig.ts';
import type { FaultRig } from './fault-rig.ts';
import type { TestProject } from './test-project.ts';
import { readLogSoFar } from './verify-run.ts';

/** `ends` takes 8 s and `lasts` 20 s, most of which they sleep; what they print fits into a pipe that nobody reads. */
const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
const common = { datakit: 'steps', version: '1.0.0', idempotent: true, retry: { limit: 20, delaySeconds: 0.1 } };
export default definePipeline({
  name: 'outage',
  tasks: [
    datakitTask({ id: 'ends', command: 'steps 400 0.4', ...common }),
    datakitTask({ id: 'lasts', command: 'steps 2000 0.2', ...common }),
    datakitTask({ id: 'follows', command: 'steps 40', dependsOn: ['ends'], ...common }),
  ],
});
`;

/** One task of 12 s. */
const LOST = `import { datakitTask, definePipeline } from 'towpath';
const retry = { limit: 20, delaySeconds: 0.1 };
export default definePipeline({
  name: 'lost',
  tasks: [datakitTask({ id: 'only', datakit: 'steps', version: '1.0.0', command: 'steps 600 0.4', idempotent: true, retry })],
});
`;

/** Longer than `ends` may still take. */
const OUTAGE_MS = 9_000;

export interface Outage {
  readonly from: Date;
  readonly to: Date;
  /** Attempts of it were running when the part was killed. */
  readonly run: RunDetail;
}

/** Writes the pipelines `outage`, of which tasks run, end and last, and `lost`. */
export function addOutagePipelines(project: TestProject): void {
  project.write('pipelines/outage.ts', PIPELINE);
  project.write('pipelines/lost.ts', LOST);
}

/** Kills the part while one task is to end soon and another one later; cancels a third, and starts a run, while it is away. */
export async function sufferOutage(scene: ContainerRig, control: PartControl, part: string): Promise<Outage> {
  const slow = await startPrinting(scene, 'slow', 1);
  const run = await startPrinting(scene, 'outage', 2);
  const from = new Date();
  await control.kill(part);
  await scene.rig.client.call(CancelRun, { params: { runId: slow.id }, body: {} });
  await start(scene, 'mixed');
  // An outage has a length: that is the input here.
  await pause(OUTAGE_MS);
  const to = new Date();
  await control.restore();
  return { from, to, run };
}

function start({ rig }: ContainerRig, pipeline: string) {
  return rig.client.call(StartRun, { body: { pipeline, environment: 'local' } });
}

/** Starts a run, and waits until so many of its tasks have printed lines. */
export async function startPrinting(scene: ContainerRig, pipeline: string, tasks: number): Promise<RunDetail> {
  const { rig, fault } = scene;
  await start(scene, pipeline);
  return await rig.ask(`${tasks} tasks of ${pipeline} to print`, async () => {
    const run = await fault.findRun(pipeline, () => true);
    const logs = await Promise.all(run.tasks.map((task) => readNewestLog(rig, task)));
    if (logs.filter((log) => log.includes('\nstep ')).length < tasks) throw new Error(JSON.stringify(logs));
    return run;
  });
}

async function readNewestLog({ client }: FaultRig, task: TaskView): Promise<string> {
  const attempt = task.attempts.at(-1);
  return attempt === undefined ? '' : await readLogSoFar(client, attempt.id);
}
