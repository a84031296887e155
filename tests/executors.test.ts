// One definition, several executors: the same pipeline file runs everywhere, and each attempt says what ran it.
import { join } from 'node:path';
import { type AgentOptions, startAgent } from '@towpath/agent';
import { CancelRun, GetRun, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, requireDocker, requireKubernetes, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createDatakitImages } from './support/datakit-images.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { describeKubernetes, NAMESPACE, prepareNamespace } from './support/kubernetes-agent.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { readLogSoFar } from './support/verify-run.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const docker = requireDocker();
const cluster = requireKubernetes();
const images = createDatakitImages(docker);

/** Prints its words, its variables and what it was given; leaves a result. A function does the same. */
const PIPELINE = `import { datakitTask, definePipeline, functionTask } from 'towpath';
const script = 'printf "%s|%s|%s|%s\\\\n" "$ENVIRONMENT" "$DATAKIT_NAME" "$SOURCE_HOST" "$API_TOKEN" >&2; pwd; cat "$TOWPATH_PARAMETERS"; echo; printf "{\\\\"rows\\\\":3}" > "$TOWPATH_RESULT"';
export default definePipeline({
  name: 'both',
  parameters: { day: { type: 'string', default: '2026-07-01' } },
  tasks: [
    datakitTask({ id: 'words', datakit: 'probe', version: '1.0.0', command: ['probe', script] }),
    functionTask({
      id: 'function',
      dependsOn: ['words'],
      inputs: ['words'],
      configuration: ['SOURCE_HOST'],
      run: ({ inputs, config, environment, log }) => {
        log([environment, config.SOURCE_HOST, JSON.stringify(inputs)].join('|'));
        return { seen: inputs.words.rows };
      },
    }),
    datakitTask({ id: 'sleeps', datakit: 'probe', version: '1.0.0', command: ['probe', 'echo up; sleep 1000'], dependsOn: ['function'] }),
  ],
});
`;

let plane: ControlPlane;
let project: TestProject;

beforeAll(async () => {
  plane = await startControlPlane();
  project = createTestProject('executors');
  addProbeDatakit(project, '[{ name: SOURCE_HOST, required: true }, { name: API_TOKEN, required: true }]');
  project.write('pipelines/both.ts', PIPELINE);
  if (docker.reason !== undefined) return;
  const image = await images.build(project, 'probe', '1.0.0');
  if (cluster.registry !== undefined) await images.publish(image, cluster.registry);
});

afterAll(async () => {
  await images.remove();
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

/** Runs the pipeline, cancels its last task, and returns the run with its logs by task. */
async function runWith(executor: AgentOptions['executor']) {
  const agent = await startAgent({
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'local',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: [join(project.folder, 'datakits/probe')],
    environmentVariables: { SOURCE_HOST: 'example', API_TOKEN: "it's a secret" },
    secretVariables: ['API_TOKEN'],
    version: '0.0.0-test',
    executor,
    log: () => undefined,
  });
  try {
    const { id } = await plane.client.call(StartRun, { body: { pipeline: 'both', environment: 'local' } });
    await waitFor('the last task to run', 60_000, async () => await hasPrinted(await find(id)));
    await plane.client.call(CancelRun, { params: { runId: id }, body: {} });
    const run = await waitForRunEnd(plane.client, id);
    const logs = new Map<string, string>();
    for (const task of run.tasks) logs.set(task.id, await readWholeLog(plane.client, task.attempts[0]?.id ?? ''));
    return { run, logs };
  } finally {
    await agent.close({ cancelRunning: true });
  }
}

const find = (runId: string): Promise<RunDetail> => plane.client.call(GetRun, { params: { runId } });

/** Running is said of it while its image is pulled, too. */
async function hasPrinted({ tasks }: RunDetail): Promise<boolean> {
  const [attempt] = tasks.find(({ id }) => id === 'sleeps')?.attempts ?? [];
  return attempt !== undefined && /^up$/m.test(await readLogSoFar(plane.client, attempt.id));
}

function ends({ tasks }: RunDetail) {
  return tasks.map(({ id, attempts }) => [
    id,
    attempts.map(({ state, exitCode, result }) => [state, exitCode, result]),
  ]);
}

describe.skipIf(docker.reason !== undefined)(`with Docker (${docker.reason ?? 'which is there'})`, () => {
  test('A10 A20 docker: the same pipeline file runs as processes and as containers, with the same ends and the same output', async () => {
    const processes = await runWith(undefined);
    const containers = await runWith(images.executor);
    expect(containers.run.graphHash).toBe(processes.run.graphHash);
    expect(ends(containers.run)).toEqual(ends(processes.run));
    const toPlain = ([task, log]: [string, string]) => [task, log.replaceAll(/(run|task|attempt)=\S+|^\/.*$/gm, '')];
    expect([...containers.logs].map(toPlain)).toEqual([...processes.logs].map(toPlain));
    expect(containers.logs.get('words')).toContain('local|probe|example|*');
    expect(containers.logs.get('function')).toContain('local|example|{"words":{"rows":3}}');
    const executions = (run: RunDetail) => run.tasks.map(({ attempts }) => attempts[0]?.execution);
    expect(executions(processes.run)).toEqual(
      Array(3).fill({ executor: 'process', decidedBy: 'default', image: null }),
    );
    const reference = `${images.registry}/datakits/probe:1.0.0`;
    expect(executions(containers.run)).toEqual([
      { executor: 'docker', decidedBy: 'a test', image: { reference, digest: null } },
      { executor: 'docker', decidedBy: 'a test', image: { reference: docker.image, digest: null } },
      { executor: 'docker', decidedBy: 'a test', image: { reference, digest: null } },
    ]);
  });

  test('A87 docker: the first line of a log says datakit, version, platform, environment and run; it is readable after removal', async () => {
    const { run, logs } = await runWith(images.executor);
    expect(logs.get('words')?.split('\n')[0]).toBe(
      `[LOCAL] datakit=probe version=1.0.0 platform=0.0.0-test environment=local run=${run.id} task=words attempt=1`,
    );
  });
});

const canRun = docker.reason === undefined && cluster.reason === undefined && cluster.registry !== undefined;

describe.skipIf(!canRun)(`with Kubernetes (${cluster.reason ?? docker.reason ?? 'which is there'})`, () => {
  test('A10 A20 kubernetes: the same pipeline file runs as processes and as Pods, with the same ends and the same output', async () => {
    await prepareNamespace(cluster, NAMESPACE);
    const processes = await runWith(undefined);
    const pods = await runWith(describeKubernetes(cluster, images.executor));
    expect(pods.run.graphHash).toBe(processes.run.graphHash);
    expect(ends(pods.run)).toEqual(ends(processes.run));
    const toPlain = ([task, log]: [string, string]) => [task, log.replaceAll(/(run|task|attempt)=\S+|^\/.*$/gm, '')];
    expect([...pods.logs].map(toPlain)).toEqual([...processes.logs].map(toPlain));
    const executors = pods.run.tasks.map(({ attempts }) => attempts[0]?.execution);
    const reference = `${cluster.registry?.host}/datakits/probe:1.0.0`;
    expect(executors[0]).toMatchObject({ executor: 'kubernetes', image: { reference } });
    expect(executors[0]?.image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
