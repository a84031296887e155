// An environment from its declaration to a told failure: server, agent and receiver are real; processes are killed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentEnvironment, type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { GetConfiguration, ListNotifications, ListPipelines, type RunDetail, StartRun } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AlertReceiver, applySinks, NO_ENVIRONMENT, startAlertReceiver } from './support/alert-receiver.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { addProbeDatakit, createTestProject, type TestProject } from './support/test-project.ts';

let plane: ControlPlane;
let project: TestProject;
let receiver: AlertReceiver;
let agents: TowpathAgent[];
let lines: string[];

beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('environments');
  receiver = await startAlertReceiver();
  agents = [];
  lines = [];
  addProbeDatakit(project, '[{ name: LAKE_LOCATION, required: false, description: Where it writes }]');
  writePipeline('touch "$LAKE_LOCATION/written"');
});

afterEach(async () => {
  for (const agent of agents) await agent.close({ cancelRunning: true });
  await receiver.close();
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

function writePipeline(script: string, name = 'probe'): void {
  const task = `datakitTask({ id: 'only', datakit: 'probe', version: '1.0.0', command: ${JSON.stringify(['probe', script])} })`;
  project.write(
    `pipelines/${name}.ts`,
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({ name: '${name}', tasks: [${task}] });`,
  );
}

async function start(environment: Partial<AgentEnvironment>, more: Partial<AgentOptions> = {}): Promise<TowpathAgent> {
  const agent = await startAgent({
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'local',
    stateFolder: join(project.stateFolder, `agent-${agents.length}`),
    projectFolder: project.folder,
    datakitFolders: [join(project.folder, 'datakits/probe')],
    environmentVariables: {},
    maxAttempts: 2,
    version: '0.0.0-test',
    log: (line) => lines.push(line),
    readEnvironment: () => ({ ...NO_ENVIRONMENT, ...environment }),
    ...more,
  });
  agents.push(agent);
  return agent;
}

async function run(environment = 'local', pipeline = 'probe'): Promise<RunDetail> {
  const { id } = await plane.client.call(StartRun, { body: { pipeline, environment } });
  return await waitForRunEnd(plane.client, id);
}

const hook = () => ({ name: 'hook', sink: 'webhook' as const, url: receiver.url });
const HOOK = { name: 'hook', sink: 'webhook' as const, severities: ['info' as const, 'critical' as const] };

async function readDelivery(runId: string) {
  const { notifications } = await plane.client.call(ListNotifications, { query: {} });
  return notifications.find((one) => one.runId === runId)?.deliveries[0];
}

it('A88 A89 a run that fails is told with its environment first, and so is the one that succeeds after it', async () => {
  writePipeline('exit 3');
  await applySinks(plane.client, [HOOK]);
  await start({ sinks: [hook()] });
  const failed = await run();
  writePipeline('true');
  await waitFor(
    'the better code to be loaded',
    20_000,
    () => lines.filter((line) => line.includes('loaded')).length > 1,
  );
  await run();
  await waitFor('both to be told', 20_000, () => receiver.alerts.length === 2);
  expect(receiver.alerts.map(({ title }) => title)).toEqual([
    '[LOCAL] probe-local #1 failed',
    '[LOCAL] probe-local #2 succeeded again',
  ]);
  expect(await waitFor('the report', 10_000, async () => (await readDelivery(failed.id))?.state === 'delivered')).toBe(
    true,
  );
});

it('A89 a sink that is full is left alone for as long as it wishes, and told then', async () => {
  writePipeline('exit 3');
  await applySinks(plane.client, [HOOK]);
  receiver.answer(429, { 'retry-after': '7' });
  await start({ sinks: [hook()] });
  const failed = await run();
  const waiting = await waitFor('the refusal to be seen', 20_000, async () => {
    const delivery = await readDelivery(failed.id);
    return delivery?.lastError === 'HTTP_429' && delivery;
  });
  expect(Date.parse(waiting.dueAt ?? '') - Date.now()).toBeGreaterThan(5_000);
  receiver.answer(200);
  const told = await waitFor('the delivery', 30_000, async () => {
    const delivery = await readDelivery(failed.id);
    return delivery?.state === 'delivered' && delivery;
  });
  expect(told.tries).toBe(2);
  expect(new Set(receiver.alerts.map(({ key }) => key))).toEqual(new Set([told.id]));
});

it('A89 an agent does not use a sink whose channel another environment has, and says so', async () => {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'sandbox', kind: 'local', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'sandbox', agent: 'one' });
  await admin.close();
  await applySinks(plane.client, [HOOK]);
  writePipeline('exit 3');
  await start({ sinks: [hook()] }, { token });
  await waitFor('the channel of sandbox to be known', 20_000, async () => {
    const { configurations } = await plane.client.call(GetConfiguration, { params: { environment: 'sandbox' } });
    return configurations.length > 0;
  });
  await start({ sinks: [{ ...hook(), url: receiver.url.toUpperCase().replace('ALERTS', 'alerts') }] });
  await waitFor('the refusal to be logged', 20_000, () =>
    lines.some((line) => line.includes('names the same channel')),
  );
  const failed = await run();
  await waitFor('the delivery to be refused', 20_000, async () => {
    return (await readDelivery(failed.id))?.lastError === 'CHANNEL_OF_OTHER_ENVIRONMENT';
  });
  expect(receiver.alerts).toEqual([]);
});

it("A8 A12 an attempt does not start when its target has another environment's marker; nothing is written", async () => {
  const lake = join(project.folder, 'lake');
  mkdirSync(lake);
  writeFileSync(join(lake, '.towpath-environment.json'), '{"environment":"int","kind":"shared"}\n');
  const targets = [{ name: 'lake', type: 'folder' as const, location: lake }];
  const environmentVariables = { LAKE_LOCATION: lake };
  const first = await start({ targets }, { environmentVariables });
  const refused = await run();
  const [attempt] = refused.tasks[0]?.attempts ?? [];
  expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'START_FAILED', exitCode: 78 });
  expect(attempt?.reason).toContain('[LOCAL] Target lake belongs to environment int (shared).');
  expect(await readWholeLog(plane.client, attempt?.id ?? '')).toContain('error TARGET_CLAIMED_BY_OTHER');
  const { configurations } = await plane.client.call(GetConfiguration, { params: { environment: 'local' } });
  expect(configurations[0]?.targets).toEqual([{ name: 'lake', type: 'folder', verdict: 'refused', claimedBy: 'int' }]);
  await first.close({ cancelRunning: true });
  await start({ targets }, { environmentVariables, isAgainstShared: true });
  expect((await run()).state).toBe('succeeded');
  expect(lines.join('\n')).toContain('[LOCAL] AGAINST SHARED');
});

it('A12 a shared environment is served from this machine with the flag and a banner', async () => {
  const admin = await openAdmin(plane.databaseUrl);
  await admin.ensureEnvironment({ name: 'int', kind: 'shared', position: 1 });
  const token = await admin.issueAgentCredential({ environment: 'int', agent: 'one' });
  await admin.close();
  writePipeline('true');
  await start({}, { token, isAgainstShared: true });
  expect((await run('int')).state).toBe('succeeded');
  expect(lines.join('\n')).toMatch(/#+\n# \[INT\] AGAINST SHARED/);
});

it('a declaration that can not be read ends the start of an agent, before anything runs', async () => {
  const readEnvironment = (): never => {
    throw new Error('towpath.yaml is half saved');
  };
  await expect(start({}, { readEnvironment })).rejects.toThrow('half saved');
  const { pipelines } = await plane.client.call(ListPipelines);
  expect(pipelines).toEqual([]);
});
