// kill -9 by a schedule from a seed, over everything there is: server, two agents, shims, tasks, PostgreSQL; with pools, trigger
// rules and retries under way. The seed is printed; TOWPATH_TEST_SEED replays it.
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartRun } from '@towpath/api';
import { migrate } from '@towpath/server';
import { assertNoOrphans, listProcesses, signalProcess, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../packages/cli/src/embedded-postgres/index.ts';
import { type FaultRig, startFaultRig } from './support/fault-rig.ts';
import { createRandom } from './support/random.ts';
import type { RigProcess } from './support/rig-process.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';
import { drainRuns, verifyEndedRun, verifyNothingLeft } from './support/verify-faults.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 300_000 });

const KILLS = 10;
const RUNS = 3;
const AGENTS = ['one', 'two'] as const;

const random = createRandom(process.env.TOWPATH_TEST_SEED);

let project: TestProject;
let folder: string;
let postgres: EmbeddedPostgres;
let rig: FaultRig;

beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => {
    for (const process of [rig.server, ...rig.agents]) console.log(process.output().slice(-3000));
  });
  project = createTestProject('schedule');
  folder = await mkdtemp(join(tmpdir(), 'schedule-pg-'));
  // As root PostgreSQL runs under another user, which must be able to enter.
  await chmod(folder, 0o755);
  await startPostgres(0);
  await migrate(postgres.stateUrl);
  rig = await startFaultRig({ project, databaseUrl: postgres.stateUrl, agents: AGENTS });
});

afterEach(async () => {
  await rig.close();
  await assertNoOrphans(project.folder);
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
  project.remove();
});

/** Commits survive the death of processes without fsync, but not without `synchronous_commit`. */
async function startPostgres(port: number): Promise<void> {
  postgres = await startEmbeddedPostgres({
    folder: join(folder, 'pg'),
    preferredPort: port,
    settings: { fsync: 'off', max_connections: '60' },
  });
}

async function killPostgres(): Promise<void> {
  const { port, pid } = postgres;
  process.kill(pid, 'SIGKILL');
  // Its children notice the death of the postmaster; until then the data is locked.
  await waitFor('PostgreSQL to start again', 60_000, async () => {
    await startPostgres(port);
    return postgres.pid !== pid;
  });
  expect(postgres.port).toBe(port);
}

async function restart(victim: RigProcess): Promise<void> {
  await victim.kill();
  await victim.start();
}

/** Pids recorded for attempts that live: shims; each leads the process group of its task. */
async function listShims(): Promise<number[]> {
  const living = new Set(listProcesses().flatMap(({ pid, isZombie }) => (isZombie ? [] : [pid])));
  const files = await Promise.all(
    AGENTS.map(async (agent) => {
      const names = await readdir(rig.attemptsFolder(agent));
      return names.map((name) => join(rig.attemptsFolder(agent), name, 'record.json'));
    }),
  );
  const pids = await Promise.all(files.flat().map(readShimPid));
  return pids.flatMap((pid) => (pid !== undefined && living.has(pid) ? [pid] : []));
}

async function readShimPid(path: string): Promise<number | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')).shim.pid;
  } catch {
    // Not there, or not written to its end, at this moment.
    return undefined;
  }
}

/** What is there at this moment; nothing, perhaps. */
async function killOne(of: (shim: number) => readonly number[]): Promise<void> {
  const pids = (await listShims()).flatMap(of);
  const pid = pids[random.below(Math.max(pids.length, 1))];
  if (pid !== undefined) signalProcess(pid, 'SIGKILL');
}

/** Commands only: of a `sleep` of theirs that was killed a shell tells in its log ("Killed"), and goes on. */
function listCommands(shim: number): readonly number[] {
  return listProcesses().flatMap(({ pid, parentPid, isZombie }) => (parentPid === shim && !isZombie ? [pid] : []));
}

const VICTIMS: Readonly<Record<string, () => Promise<void>>> = {
  server: () => restart(rig.server),
  'agent one': () => restart(rig.agents[0] ?? rig.agent),
  'agent two': () => restart(rig.agents[1] ?? rig.agent),
  shim: () => killOne((shim) => [shim]),
  task: () => killOne(listCommands),
  postgres: killPostgres,
};

it(`A25 ${KILLS} kills by a seed, of whatever there is, leave one result per attempt, whole logs, free pools and no orphan`, async () => {
  console.log(`TOWPATH_TEST_SEED=${random.seed}`);
  for (let run = 0; run < RUNS; run += 1)
    await rig.client.call(StartRun, { body: { pipeline: 'mixed', environment: 'local' } });
  const names = Object.keys(VICTIMS);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const name = names[random.below(names.length)] ?? 'server';
    const delayMs = random.below(700);
    console.log(`kill -9 ${name} after ${delayMs} ms`);
    // Time itself is the input here: the seed chooses when, every moment must be survived.
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await VICTIMS[name]?.();
  }
  const runs = await drainRuns(rig.client, () => true);
  expect(runs).toHaveLength(RUNS);
  for (const run of runs) await verifyEndedRun(rig.client, run);
  await verifyNothingLeft(
    rig.client,
    AGENTS.map((agent) => rig.attemptsFolder(agent)),
  );
});
