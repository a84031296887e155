// kill -9 of server and agent as processes of their own, in turn, while runs go on. TOWPATH_TEST_SEED replays a schedule.
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { assertNoOrphans, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Apart, startApart } from './support/apart.ts';
import { waitForRunEnd } from './support/instance.ts';
import { MIXED_PIPELINE } from './support/mixed-pipeline.ts';
import { createRandom } from './support/random.ts';
import { addStepsDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { verifySucceededRun } from './support/verify-run.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 240_000 });

const KILLS = 6;

const random = createRandom(process.env.TOWPATH_TEST_SEED);

let project: TestProject;
let apart: Apart;

beforeEach(async ({ onTestFailed }) => {
  project = createTestProject('apart');
  addStepsDatakit(project);
  project.write('pipelines/mixed.ts', MIXED_PIPELINE);
  onTestFailed(() => console.log(apart.server.output().slice(-4000), apart.agent.output().slice(-4000)));
  apart = await startApart(project);
});

afterEach(async () => {
  await apart.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

async function startMixed(): Promise<string> {
  const { id } = await apart.client.call(StartRun, { body: { pipeline: 'mixed', environment: 'local' } });
  await waitForAttempts(id, 'running');
  return id;
}

async function waitForAttempts(runId: string, state: string): Promise<RunDetail> {
  return await waitFor(`an attempt to be ${state}`, 60_000, async () => {
    const run = await apart.client.call(GetRun, { params: { runId } });
    return run.tasks.some(({ attempts }) => attempts.some((attempt) => attempt.state === state)) ? run : undefined;
  });
}

async function verify(runId: string): Promise<void> {
  await verifySucceededRun(apart.client, await waitForRunEnd(apart.client, runId));
  const client = new pg.Client({ connectionString: apart.bronzeUrl });
  await client.connect();
  const { rows } = await client.query(
    `select (select count(*)::int from bronze.dbo_customer) as customers,
            (select count(distinct customerid)::int from bronze.dbo_customer) as distinct_customers,
            (select count(*)::int from bronze.ingestion_audit where status = 'running') as running`,
  );
  await client.end();
  expect(rows).toEqual([{ customers: 10, distinct_customers: 10, running: 0 }]);
}

describe('server and agent apart', () => {
  it(`A25 ${KILLS} kills of either in one run leave one result per attempt, whole logs and no orphan`, async () => {
    const runId = await startMixed();
    for (let i = 0; i < KILLS; i += 1) {
      const target = random.below(2) === 0 ? 'server' : 'agent';
      const delayMs = random.below(900);
      console.log(`kill -9 ${target} after ${delayMs} ms (TOWPATH_TEST_SEED=${random.seed})`);
      // Time itself is the input here: the seed chooses when, every moment must be survived.
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      apart[target].kill('SIGKILL');
      await apart[target].waitForExit();
      if (target === 'server') await apart.restartServer();
      else await apart.restartAgent();
    }
    await verify(runId);
  });

  it('an agent that is frozen past its lease has uncertain attempts, and goes on with them when it is thawed', async () => {
    const runId = await startMixed();
    apart.agent.kill('SIGSTOP');
    const run = await waitForAttempts(runId, 'uncertain');
    expect(isTerminalRunState(run.state)).toBe(false);
    apart.agent.kill('SIGCONT');
    await verify(runId);
  });

  it('an agent that is asked to end leaves its attempts to the next one', async () => {
    const runId = await startMixed();
    apart.agent.kill('SIGTERM');
    expect(await apart.agent.waitForExit()).toEqual({ code: 0, signal: null });
    await apart.restartAgent();
    await verify(runId);
  });
});
