// What an agent tells of its datakits, and which it refuses to run: on a real server, with folders, real registries and a real engine.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { type DatakitCell, ListDatakits, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, type DockerPart, requireDocker, requireKubernetes, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createImageProject, type ImageProject, removePulled } from './support/image-project.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';

let plane: ControlPlane;
let project: TestProject;
let agent: TowpathAgent | undefined;
let lines: string[];

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('inventory');
  addProbeDatakit(project);
  lines = [];
});

afterEach(async () => {
  await agent?.close({ cancelRunning: true });
  agent = undefined;
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

async function start(more: Partial<AgentOptions> = {}): Promise<void> {
  agent = await startAgent({
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'one',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: [join(project.folder, 'datakits/probe')],
    environmentVariables: {},
    version: '0.1.0',
    log: (line) => lines.push(line),
    ...more,
  });
}

const writePipeline = (datakit: string, command: readonly string[], version: string): void =>
  project.write(
    'pipelines/daily.ts',
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'daily',
  tasks: [datakitTask({ id: 'one', datakit: '${datakit}', version: '${version}', command: ${JSON.stringify(command)} })],
});
`,
  );

const findCell = async (name: string): Promise<DatakitCell | undefined> =>
  (await plane.client.call(ListDatakits, { query: { name } })).datakits[0]?.environments[0];

const waitForCell = async (name: string, fits: (cell: DatakitCell) => boolean): Promise<DatakitCell> =>
  await waitFor(`the report of ${name}`, 20_000, async () => {
    const cell = await findCell(name);
    return cell !== undefined && fits(cell) && cell;
  });

const waitForLine = async (text: string): Promise<void> => {
  await waitFor(`the agent to say ${text}`, 20_000, async () => lines.some((line) => line.includes(text)));
};

async function runDaily(): Promise<RunDetail> {
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'daily', environment: 'local' } });
  return await waitForRunEnd(plane.client, id);
}

const setManifest = (more: string): void =>
  writeFileSync(
    join(project.folder, 'datakits/probe/datakit.yaml'),
    `name: probe\nversion: 1.0.0\nkind: test\ncommands: [probe]\n${more}\n`,
  );

test('A19 process: an agent tells versions of folders that its pipelines name, and what ran, as soon as they change', async () => {
  writePipeline('probe', ['probe', 'true'], '1.0.0');
  await start();
  const cell = await waitForCell('probe', ({ observed }) => observed !== null);
  expect(cell).toMatchObject({
    observed: { agent: 'local', source: 'folder', platformVersion: '0.1.0' },
    named: ['1.0.0'],
    newest: { version: '1.0.0', digest: null },
    alerts: [],
    lastRun: null,
  });
  const run = await runDaily();
  expect((await findCell('probe'))?.lastRun).toMatchObject({ version: '1.0.0', image: null, runId: run.id });
  writePipeline('probe', ['probe', 'true'], '2.0.0');
  const renamed = await waitForCell('probe', ({ named }) => named.includes('2.0.0'));
  expect(renamed.alerts).toMatchObject([{ code: 'not-published', version: '2.0.0' }]);
});

test('A13 process: a datakit that needs a newer Towpath does not start, which is said when its pipeline is loaded', async () => {
  setManifest('minimumPlatform: 7.0.0');
  writePipeline('probe', ['probe', 'touch /tmp/never'], '1.0.0');
  await start();
  const why = 'Datakit probe 1.0.0 needs Towpath 7.0.0 or later. The agent that would run it is 0.1.0.';
  await waitForLine(`${why} Its attempts will not start.`);
  const [attempt] = (await runDaily()).tasks[0]?.attempts ?? [];
  expect(attempt).toMatchObject({ state: 'errored', exitCode: null, reasonCode: 'START_FAILED', reason: why });
  expect(await readWholeLog(plane.client, attempt?.id ?? '')).toContain('error DATAKIT_NEEDS_NEWER_PLATFORM:');
  const cell = await waitForCell('probe', ({ observed }) => observed !== null);
  expect(cell).toMatchObject({ alerts: [{ code: 'platform-too-old' }], lastRun: null });
});

test('A26 process: more memory or CPU than the sizing gives is said, and runs, since nothing limits it', async () => {
  setManifest('resources: { cpu: 4, memory: 1Gi }');
  writePipeline('probe', ['probe', 'true'], '1.0.0');
  await start({ limits: { cpu: 0.5, memoryMiB: 512 } });
  await waitForLine('gives an attempt 512 MiB. Processes are not limited: it runs all the same.');
  await waitForLine('asks for 4 CPU, sizing.cpu gives 0.5: it may be slow.');
  expect((await runDaily()).state).toBe('succeeded');
});

/** Runs images of `kit` that its registry holds. */
function describeDocker(
  { open, repositories }: ImageProject,
  docker: DockerPart,
): NonNullable<AgentOptions['executor']> {
  const registry = `${open}/${repositories}/local`;
  return {
    name: 'docker',
    decidedBy: 'a test',
    isDeclared: true,
    images: { registry, runnerImage: undefined, floatingTags: [], environment: 'local', kind: 'local' },
    docker: { host: docker.host, configFolder: '/nonexistent' },
    kubernetes: { access: { kind: 'kubeconfig', path: '/nonexistent' }, namespace: 'default' },
  };
}

test('A19 A13 docker: an agent tells what the registry holds and what ran by digest; labels of an image refuse as a manifest does', async (context) => {
  const docker = requireDocker();
  if (docker.reason !== undefined) context.skip(docker.reason);
  const kit = createImageProject(context);
  const options = {
    datakitFolders: [join(kit.folder, 'datakits/kit')],
    executor: describeDocker(kit, docker),
    limits: { memoryMiB: 512 },
    inventoryEveryMs: 500,
  };
  const command = ['kit', '/opt/datakits/kit/package.json'];
  try {
    expect(await kit.run('datakit new kit')).toMatchObject({ code: 0 });
    const digest = await publish(kit, '0.1.0');
    writePipeline('kit', command, '0.1.0');
    await start(options);
    expect(await waitForCell('kit', ({ newest }) => newest !== null)).toMatchObject({
      observed: { source: 'registry' },
      newest: { version: '0.1.0', digest, label: '0.1.0', minimumPlatform: '0.1.0', memoryMiB: 256 },
      alerts: [],
    });
    const run = await runDaily();
    expect(run.tasks[0]?.attempts).toMatchObject([{ state: 'succeeded', execution: { image: { digest } } }]);
    expect((await findCell('kit'))?.lastRun).toMatchObject({ version: '0.1.0', image: { digest } });
    // Others publish without telling anybody.
    await publish(kit, '0.2.0', { platform: '7.0.0' });
    expect(await waitForCell('kit', ({ versions }) => versions.includes('0.2.0'))).toMatchObject({
      versions: ['0.2.0', '0.1.0'],
      alerts: [{ code: 'platform-too-old', version: '0.2.0' }],
    });
    await publish(kit, '0.3.0', { memory: '1Gi' });
    for (const [version, code] of [
      ['0.2.0', 'DATAKIT_NEEDS_NEWER_PLATFORM'],
      ['0.3.0', 'DATAKIT_NEEDS_MORE_MEMORY'],
    ] as const) {
      await agent?.close({ cancelRunning: true });
      // The folder of this host knows nothing of it.
      writeKit(kit, version);
      writePipeline('kit', command, version);
      await start(options);
      const [attempt] = (await runDaily()).tasks[0]?.attempts ?? [];
      expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED', execution: { image: null } });
      expect(await readWholeLog(plane.client, attempt?.id ?? '')).toContain(`error ${code}:`);
    }
    expect((await findCell('kit'))?.lastRun?.version).toBe('0.1.0');
  } finally {
    await agent?.close({ cancelRunning: true });
    agent = undefined;
    removePulled(kit);
    await kit.clear('kit');
  }
});

test('A13 kubernetes: an image that says it needs more than there is does not start, whoever would pull it', async (context) => {
  const cluster = requireKubernetes();
  if (cluster.reason !== undefined) context.skip(cluster.reason);
  const kit = createImageProject(context);
  const executor: AgentOptions['executor'] = {
    ...describeDocker(kit, requireDocker()),
    name: 'kubernetes',
    kubernetes: { access: { kind: 'kubeconfig', path: cluster.kubeconfig }, namespace: 'towpath-test-inventory' },
  };
  try {
    expect(await kit.run('datakit new kit')).toMatchObject({ code: 0 });
    await publish(kit, '0.1.0', { memory: '1Gi' });
    writeKit(kit, '0.1.0');
    writePipeline('kit', ['kit', 'x'], '0.1.0');
    await start({ datakitFolders: [join(kit.folder, 'datakits/kit')], executor, limits: { memoryMiB: 512 } });
    await waitForCell('kit', ({ alerts }) => alerts.some(({ code }) => code === 'memory-too-small'));
    const [attempt] = (await runDaily()).tasks[0]?.attempts ?? [];
    // 78: trying again can't help.
    expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED', exitCode: 78 });
    expect(attempt?.reason).toBe(
      'Datakit kit 0.1.0 needs 1024 MiB of memory. sizing.memory of the environment gives an attempt 512 MiB.',
    );
  } finally {
    await agent?.close({ cancelRunning: true });
    agent = undefined;
    await kit.clear('kit');
  }
});

interface Needs {
  readonly platform?: string;
  readonly memory?: string;
}

function writeKit({ folder, write }: ImageProject, version: string, { platform, memory }: Needs = {}): void {
  const path = 'datakits/kit/datakit.yaml';
  const text = readFileSync(join(folder, path), 'utf8')
    .replace(/^version: .*/m, `version: ${version}`)
    .replace(/^minimumPlatform: .*/m, `minimumPlatform: ${platform ?? '0.1.0'}`)
    .replace(/^resources: .*/m, `resources: { cpu: 0.5, memory: ${memory ?? '256Mi'} }`);
  write(path, text);
}

async function publish(kit: ImageProject, version: string, needs?: Needs): Promise<unknown> {
  writeKit(kit, version, needs);
  return (await kit.read(`datakit publish datakits/kit --base ${kit.base} --environment local`)).digest;
}
