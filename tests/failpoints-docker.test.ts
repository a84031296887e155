// The crash suite of the Docker executor: the agent dies between every two steps, is started again, and nothing is lost, doubled
// or left: one accepted result, each log exactly what the task printed, no container and no volume.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CancelRun, ListRuns, StartRun } from '@towpath/api';
import { migrate } from '@towpath/server';
import { assertNoOrphans, createTestDatabase, requireDocker, type TestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listFailpoints } from '../scripts/list-failpoints.ts';
import { createDatakitImages } from './support/datakit-images.ts';
import { FUNCTION } from './support/fault-pipelines.ts';
import { type FaultRig, startFaultRig } from './support/fault-rig.ts';
import { type Act, createFaultRun } from './support/fault-run.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const docker = requireDocker();
const run = promisify(execFile);
const images = createDatakitImages(docker);

let project: TestProject;
let database: TestDatabase;
let rig: FaultRig;
let known: Set<string>;
let image: string;

const suite = describe.skipIf(docker.reason !== undefined);

suite(`kill -9 of an agent with containers (${docker.reason ?? 'of a Docker engine'})`, () => {
  beforeAll(async () => {
    project = createTestProject('failpoints-docker');
    database = await createTestDatabase({ template: 'state', migrate });
    rig = await startFaultRig({ project, databaseUrl: database.url, agents: ['one'], executor: images.executor });
    image = await images.build(project, 'steps', '1.0.0');
  });

  afterAll(async () => {
    await rig.close();
    await assertNoOrphans(project.folder);
    await database.drop();
    project.remove();
    await images.remove();
  });

  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => console.log(rig.agent.output().slice(-3000)));
    const { runs } = await rig.client.call(ListRuns, { query: { limit: 100 } });
    known = new Set(runs.map(({ id }) => id));
  });

  it.each(listPoints())('A25 A93 docker: of the agent: %s', async (point) => {
    const fault = createFaultRun(rig, known);
    await fault.dieAt('agent', point, findAct(point));
    await rig.agent.start();
    await fault.repair();
    const runs = await fault.verify([join(rig.stateFolder('one'), 'containers')]);
    expect(runs).not.toEqual([]);
    const attempts = runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
    expect(attempts.filter(({ state }) => state === 'succeeded')).toSatisfy((all: typeof attempts) =>
      all.every(({ execution }) => execution?.executor === 'docker' && execution.image !== null),
    );
    await waitFor('no container to be left but one with the name of the datakit', 20_000, assertNoneLeft);
  });
});

/** Of this executor, and of what attempts pass whatever runs them. */
function listPoints(): readonly string[] {
  const shared = ['attempt.', 'report-', 'ship-log.', 'remove.', 'cancel.', 'session.'];
  return listFailpoints()
    .filter(({ process, executor }) => process === 'agent' && (executor === 'docker' || executor === undefined))
    .filter(({ executor, name }) => executor === 'docker' || shared.some((prefix) => name.startsWith(prefix)))
    .filter(
      ({ name }) =>
        !['report-agent-audit', 'report-deliver', 'report-config'].some((prefix) => name.startsWith(prefix)),
    )
    .map(({ name }) => name);
}

const start = (pipeline: string) => rig.client.call(StartRun, { body: { pipeline, environment: 'local' } });

const cancel: Act = async () => {
  const { id: runId } = await start('slow');
  await untilRunning('slow');
  await rig.client.call(CancelRun, { params: { runId }, body: {} });
};

/** The agent dies with work in its hands; the one after it takes that over. */
const restartAgent: Act = async () => {
  await start('mixed');
  await untilRunning('mixed');
  await rig.agent.kill();
  await rig.agent.launch();
};

const startFunction: Act = async () => {
  project.write('pipelines/function.ts', FUNCTION);
  await rig.ask('the function to be registered', () => start('function'));
};

function findAct(point: string): Act {
  if (point.startsWith('cancel.')) return cancel;
  if (point.startsWith('session.')) return restartAgent;
  return point === 'docker.after-files' ? startFunction : () => start('mixed');
}

async function untilRunning(pipeline: string): Promise<void> {
  const isRunning = (attempt: { readonly state: string }): boolean => attempt.state === 'running';
  await createFaultRun(rig, known).findRun(pipeline, ({ tasks }) =>
    tasks.some((task) => task.attempts.some(isRunning)),
  );
}

async function assertNoneLeft(): Promise<boolean> {
  const of = `label=dev.towpath.environment=local`;
  const words = ['ps', '--all', '--filter', of, '--filter', `ancestor=${image}`, '--format', '{{.Names}} {{.State}}'];
  const { stdout } = await run('docker', words);
  const left = stdout.split('\n').filter((line) => line !== '' && line !== 'datakit-steps exited');
  if (left.length > 0) throw new Error(left.join('\n'));
  return true;
}
