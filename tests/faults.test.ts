// Faults that are not deaths: an agent that is frozen, a line that breaks in the middle of a sentence, a clock that is wrong,
// servers that take turns. TOWPATH_TEST_SEED replays what is random.
import { type Client, GetRun, type RunDetail, StartRun } from '@towpath/api';
import { migrate } from '@towpath/server';
import {
  assertNoOrphans,
  createTestDatabase,
  type ProxyAddress,
  type ProxyCut,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
  waitFor,
} from '@towpath/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FaultRig, type FaultRigOptions, startFaultRig } from './support/fault-rig.ts';
import { createRandom } from './support/random.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';
import { drainRuns, verifyEndedRun, verifyNothingLeft } from './support/verify-faults.ts';
import { describeAttempts } from './support/verify-run.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 240_000 });

const random = createRandom(process.env.TOWPATH_TEST_SEED);

let project: TestProject;
let database: TestDatabase;
let rig: FaultRig | undefined;
let proxy: TcpProxy | undefined;

beforeEach(async ({ onTestFailed }) => {
  project = createTestProject('faults');
  database = await createTestDatabase({ template: 'state', migrate });
  onTestFailed(() => {
    console.log(`TOWPATH_TEST_SEED=${random.seed}`);
    for (const process of rig ? [rig.server, ...rig.agents] : []) console.log(process.output().slice(-3000));
  });
});

afterEach(async () => {
  await rig?.close();
  await proxy?.close();
  rig = undefined;
  proxy = undefined;
  await assertNoOrphans(project.folder);
  await database.drop();
  project.remove();
});

async function startRig(options: Omit<FaultRigOptions, 'project' | 'databaseUrl'>): Promise<FaultRig> {
  rig = await startFaultRig({ project, databaseUrl: database.url, ...options });
  return rig;
}

/** A proxy before whatever servers there are; each connection goes to one of them. */
async function startFront(ports: number[], cut?: () => ProxyCut) {
  const target = (): ProxyAddress => ({ host: '127.0.0.1', port: ports[random.below(ports.length)] ?? 0 });
  proxy = await startTcpProxy({ target, ...(cut && { cut }) });
  return { frontPort: proxy.port, onServer: (port: number) => ports.push(port) };
}

async function startRun(client: Client, pipeline = 'mixed'): Promise<string> {
  return (await client.call(StartRun, { body: { pipeline, environment: 'local' } })).id;
}

const allAttempts = (run: RunDetail) => run.tasks.flatMap(({ attempts }) => attempts);

async function waitForRun(client: Client, runId: string, hasCome: (run: RunDetail) => boolean): Promise<RunDetail> {
  return await waitFor('the run to come so far', 60_000, async () => {
    const run = await client.call(GetRun, { params: { runId } });
    if (!hasCome(run)) throw new Error(describeAttempts(run));
    return run;
  });
}

async function verifyAll(
  { client, attemptsFolder }: FaultRig,
  agents: readonly string[],
): Promise<readonly RunDetail[]> {
  const runs = await drainRuns(client, () => true);
  for (const run of runs) await verifyEndedRun(client, run);
  await verifyNothingLeft(client, agents.map(attemptsFolder));
  return runs;
}

it('an agent that is frozen until its attempts were given up ends what is left of them, and does nothing twice', async () => {
  const { client, agents, ...rest } = await startRig({ agents: ['one'], leaseSeconds: 1, lostAfterSeconds: 1 });
  const [agent] = agents;
  const runId = await startRun(client);
  await waitForRun(client, runId, (run) => allAttempts(run).some(({ state }) => state === 'running'));
  agent?.current.kill('SIGSTOP');
  const lost = await waitForRun(client, runId, (run) =>
    allAttempts(run).some(({ reasonCode }) => reasonCode === 'AGENT_LOST'),
  );
  agent?.current.kill('SIGCONT');
  const [run] = await verifyAll({ client, agents, ...rest }, ['one']);
  const ids = allAttempts(lost).flatMap(({ id, reasonCode }) => (reasonCode === 'AGENT_LOST' ? [id] : []));
  for (const attempt of run ? allAttempts(run) : [])
    if (ids.includes(attempt.id)) expect(attempt).toMatchObject({ state: 'errored', reasonCode: 'AGENT_LOST' });
});

it('a line between agent and server that is cut at random bytes, both ways, loses and doubles nothing', async () => {
  console.log(`TOWPATH_TEST_SEED=${random.seed}`);
  const front = await startFront([], () => ({
    direction: random.below(2) === 0 ? 'to-server' : 'to-client',
    // A claim's answer has about 4,000 bytes, a log chunk some 1,000, most requests 300.
    afterBytes: random.below(9_000),
  }));
  const started = await startRig({
    ...front,
    agents: ['one'],
    // Cuts are followed by pauses; the session should outlive most of them.
    leaseSeconds: 10,
    lostAfterSeconds: 60,
  });
  // How many bytes three runs need is not the same each time.
  do {
    for (let i = 0; i < 3; i += 1) await startRun(started.client);
    await verifyAll(started, ['one']);
  } while ((proxy?.cuts() ?? 0) <= 5);
});

it('two servers on one database take turns in dying, agents go from one to the other, and nobody notices', async () => {
  console.log(`TOWPATH_TEST_SEED=${random.seed}`);
  const agentNames = ['one', 'two'];
  const started = await startRig({ ...(await startFront([])), agents: agentNames });
  const second = await started.addServer();
  for (let i = 0; i < 2; i += 1) await startRun(started.client);
  for (let kill = 0; kill < 6; kill += 1) {
    const victim = kill % 2 === 0 ? started.server : second.process;
    // Time itself is the input here: the seed chooses when, every moment must be survived.
    await new Promise((resolve) => setTimeout(resolve, random.below(600)));
    await victim.kill();
    await victim.start();
  }
  await verifyAll(started, agentNames);
});

const LIMITED = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'limited',
  tasks: [datakitTask({ id: 'only', datakit: 'steps', version: '1.0.0', command: 'steps 99999', timeoutSeconds: 2 })],
});
`;

it.each([3_600_000, -3_600_000])(
  'an agent whose clock is %i ms off, and jumps to the other side, does all as if it was not',
  async (shiftMs) => {
    project.write('pipelines/limited.ts', LIMITED);
    const { client, attemptsFolder } = await startRig({
      agents: ['one'],
      // No renewal may be missed by the clock; a busy machine gets some room.
      leaseSeconds: 5,
      agentPreload: [new URL('./support/shift-clock.ts', import.meta.url).href],
      agentEnv: { TOWPATH_TEST_CLOCK_SHIFT_MS: String(shiftMs) },
    });
    const limitedId = await startRun(client, 'limited');
    const mixedId = await startRun(client);
    const isOver = (run: RunDetail) => run.finishedAt !== null;
    const limited = await waitForRun(client, limitedId, isOver);
    const mixed = await waitForRun(client, mixedId, isOver);
    await verifyEndedRun(client, mixed);
    await verifyNothingLeft(client, [attemptsFolder('one')]);
    const attempts = mixed.tasks.map((task) => `${task.id} ${task.attempts.length}`);
    expect(attempts, describeAttempts(mixed)).toEqual(['a 1', 'b 1', 'flaky 2', 'c 1', 'alarm 0', 'clean 1']);
    const [attempt] = allAttempts(limited);
    expect(attempt).toMatchObject({ state: 'failed', reasonCode: 'TIMED_OUT' });
    // Instants come from the database; the limit is 2 s by the host's monotonic clock.
    const tookMs = Date.parse(attempt?.finishedAt ?? '') - Date.parse(attempt?.startedAt ?? '');
    expect(tookMs).toBeGreaterThan(1_000);
    expect(tookMs).toBeLessThan(60_000);
  },
);
