// An environment gets another executor while attempts of the one before run: the next agent takes them over where they are, so
// nothing is lost and nothing runs twice.
import { join } from 'node:path';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, requireDocker, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createDatakitImages } from './support/datakit-images.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { readLogSoFar } from './support/verify-run.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const docker = requireDocker();
const images = createDatakitImages(docker);
const processes = { ...images.executor, name: 'process' } as const;

/** Long enough for an agent to go and another one to come; it must not be repeated. */
const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'lasts',
  tasks: [datakitTask({ id: 'only', datakit: 'probe', version: '1.0.0', command: ['probe', 'echo up; sleep 4; echo end'] })],
});
`;

let plane: ControlPlane;
let project: TestProject;

const start = (executor: AgentOptions['executor'], lines: string[] = []): Promise<TowpathAgent> =>
  startAgent({
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'local',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: [join(project.folder, 'datakits/probe')],
    environmentVariables: {},
    version: '0.0.0-test',
    executor,
    log: (line) => lines.push(line),
  });

/** Starts a run with this executor; its agent ends while the attempt runs. */
async function leaveRunning(executor: AgentOptions['executor']): Promise<string> {
  const agent = await start(executor);
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'lasts', environment: 'local' } });
  await waitFor('the attempt to print', 30_000, async () => {
    const [attempt] = listAttempts(await plane.client.call(GetRun, { params: { runId: id } }));
    return attempt !== undefined && /^up$/m.test(await readLogSoFar(plane.client, attempt.id));
  });
  await agent.close({ cancelRunning: false });
  return id;
}

async function expectWholeRun(runId: string, executor: string): Promise<void> {
  const run = await waitForRunEnd(plane.client, runId);
  const attempts = listAttempts(run);
  expect(attempts).toMatchObject([{ state: 'succeeded', execution: { executor, decidedBy: 'an earlier agent' } }]);
  const log = await readWholeLog(plane.client, attempts[0]?.id ?? '');
  expect(log.split('\n').slice(1)).toEqual(['up', 'end', '']);
}

function listAttempts({ tasks }: RunDetail) {
  return tasks.flatMap(({ attempts }) => attempts);
}

describe.skipIf(docker.reason !== undefined)(`another executor (${docker.reason ?? 'with Docker'})`, () => {
  beforeAll(async () => {
    plane = await startControlPlane();
    project = createTestProject('executor-change');
    addProbeDatakit(project);
    project.write('pipelines/lasts.ts', PIPELINE);
    await images.build(project, 'probe', '1.0.0');
  });

  afterAll(async () => {
    await images.remove();
    await plane.close();
    await assertNoOrphans(project.folder);
    project.remove();
  });

  test('A25 docker: a container that runs when attempts become processes is taken over, and ends once', async () => {
    const runId = await leaveRunning(images.executor);
    const lines: string[] = [];
    const agent = await start(processes, lines);
    expect(lines).toContain('local: attempts of the executor docker are left here; new ones run by process');
    await expectWholeRun(runId, 'docker');
    await agent.close({ cancelRunning: false });
  });

  test('A25 process: a process that runs when attempts become containers is taken over, and ends once', async () => {
    const runId = await leaveRunning(processes);
    const agent = await start(images.executor);
    await expectWholeRun(runId, 'process');
    await agent.close({ cancelRunning: false });
  });

  test('A25 docker: an agent does not start while the engine of attempts that it can not ask for is away, and says so', async () => {
    const runId = await leaveRunning(images.executor);
    const away = { ...processes, docker: { ...processes.docker, host: 'unix:///nonexistent/docker.sock' } };
    await expect(start(away)).rejects.toMatchObject({
      code: 'EARLIER_EXECUTOR_UNREACHABLE',
      message: expect.stringContaining('Attempts of the executor docker are left'),
    });
    const agent = await start(processes);
    await expectWholeRun(runId, 'docker');
    await agent.close({ cancelRunning: false });
  });
});
