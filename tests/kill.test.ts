// kill -9 of each part while pipelines run. The schedule comes from a seed that is printed: set TOWPATH_TEST_SEED to
// replay it. After each kill: one accepted result per attempt, whole logs, no doubled row, no orphan.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import { assertNoOrphans, listDescendants, listProcesses, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DevProcess, startDev, stopDev, waitForRunEnd } from './support/instance.ts';
import { MIXED_PIPELINE } from './support/mixed-pipeline.ts';
import { createRandom } from './support/random.ts';
import { addStepsDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { describeAttempts, verifySucceededRun } from './support/verify-run.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 240_000 });

const random = createRandom(process.env.TOWPATH_TEST_SEED);

let project: TestProject;
let dev: DevProcess;

beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.log(dev.process.output().slice(-8000)));
  project = createTestProject('kill');
  addStepsDatakit(project);
  project.write('pipelines/mixed.ts', MIXED_PIPELINE);
  dev = await startDev(project);
});

afterEach(async () => {
  await stopDev(dev).catch(() => undefined);
  await dev.process.destroy();
  await assertNoOrphans(project.folder);
  project.remove();
});

async function startMixed(): Promise<string> {
  const started = await waitFor('the pipeline to be registered', 30_000, () =>
    dev.client.call(StartRun, { body: { pipeline: 'mixed', environment: 'local' } }),
  );
  await waitFor('a task to run', 30_000, async () => {
    const run = await dev.client.call(GetRun, { params: { runId: started.id } });
    return run.tasks.some(({ attempts }) => attempts.some(({ state }) => state === 'running'));
  });
  return started.id;
}

/** A point in the first two seconds of the run: before, while and after the loads publish. */
async function waitForMoment(): Promise<void> {
  const delayMs = random.below(2000);
  console.log(`kill after ${delayMs} ms (TOWPATH_TEST_SEED=${random.seed})`);
  // The one place where time itself is the input: the seed chooses when, every moment must be survived.
  await new Promise((resolve) => setTimeout(resolve, delayMs));
}

async function verify(runId: string): Promise<RunDetail> {
  const run = await waitForRunEnd(dev.client, runId);
  await verifySucceededRun(dev.client, run);
  const client = new pg.Client({ ...dev.record.warehouse, host: '127.0.0.1' });
  await client.connect();
  const { rows } = await client.query(
    `select (select count(*)::int from bronze.dbo_customer) as customers,
            (select count(distinct customerid)::int from bronze.dbo_customer) as distinct_customers,
            (select count(distinct _batch_id)::int from bronze.dbo_orders) as order_batches,
            (select count(*)::int from bronze.ingestion_audit where status = 'running') as running`,
  );
  await client.end();
  expect(rows).toEqual([{ customers: 10, distinct_customers: 10, order_batches: 1, running: 0 }]);
  return run;
}

/** Pids recorded by the agent for its attempts: shims; each leads the process group of its task. */
function listShims(): number[] {
  const folder = join(project.stateFolder, 'agent', 'attempts');
  return readdirSync(folder).flatMap((name) => {
    try {
      const { pid } = JSON.parse(readFileSync(join(folder, name, 'record.json'), 'utf8')).shim;
      return typeof pid === 'number' && listProcesses().some((row) => row.pid === pid) ? [pid] : [];
    } catch {
      return [];
    }
  });
}

describe('kill -9 while a run goes on', () => {
  it('A25 of `dev` itself (server and agent at once): the next start adopts what runs', async () => {
    const runId = await startMixed();
    await waitForMoment();
    dev.process.kill('SIGKILL');
    await dev.process.waitForExit();
    dev = await startDev(project);
    await verify(runId);
  });

  it('A25 of `dev`, three times in one run', async () => {
    const runId = await startMixed();
    for (let i = 0; i < 3; i += 1) {
      await waitForMoment();
      dev.process.kill('SIGKILL');
      await dev.process.waitForExit();
      dev = await startDev(project);
    }
    await verify(runId);
  });

  it('of PostgreSQL: it is started again on the same port and the run goes on', async () => {
    const runId = await startMixed();
    await waitForMoment();
    const pid = Number(
      readFileSync(join(project.stateFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(pid, 'SIGKILL');
    await verify(runId);
  });

  it('of a shim: its group ends with it, SHIM_LOST is recorded, the task is tried again', async () => {
    const runId = await startMixed();
    const shim = await waitFor('a shim of a steps task', 10_000, () =>
      listShims().find((pid) => hasChild(pid, 'steps')),
    );
    process.kill(shim, 'SIGKILL');
    const run = await verify(runId);
    const reasons = run.tasks.flatMap(({ attempts }) =>
      attempts.map(({ state, reasonCode }) => `${state} ${reasonCode}`),
    );
    expect(reasons, describeAttempts(run)).toContain('errored SHIM_LOST');
  });

  it('of a task: its exit status tells, the task is tried again', async () => {
    const runId = await startMixed();
    const task = await waitFor('a running steps process', 10_000, () =>
      listShims()
        .flatMap((pid) => listDescendants(pid))
        .find(({ command }) => command.includes('bin/steps')),
    );
    process.kill(task.pid, 'SIGKILL');
    const run = await verify(runId);
    const failed = run.tasks.flatMap(({ attempts }) => attempts).find(({ state }) => state === 'failed');
    expect(failed, describeAttempts(run)).toMatchObject({ exitCode: 137, reasonCode: 'EXIT_CODE' });
  });

  it('of a frozen and thawed `dev`: silence makes nothing lost or doubled', async () => {
    const runId = await startMixed();
    dev.process.kill('SIGSTOP');
    await waitForMoment();
    dev.process.kill('SIGCONT');
    await verify(runId);
  });
});

function hasChild(pid: number, name: string): boolean {
  return listDescendants(pid).some(({ command }) => command.includes(name));
}
