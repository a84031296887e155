// Whatever comes in whatever order: slots, ends of runs, pauses, an absence, two servers.
import { ListRuns, PauseSchedule, ResumeSchedule, type RunSummary, type ScheduleView } from '@towpath/api';
import { CATCH_UP_POLICIES, OVERLAP_POLICIES, type ScheduleDefinition } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { buildSchedule, comeDue, getOnlySchedule, registerScheduled } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

// Each wait has its own deadline; this one only catches what has none. A sequence takes a second alone, ten on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  await t.startReplica();
  agent = await openSimulatedAgent(t.agent);
});
afterAll(() => t.close());

type Step = 'slot' | 'end' | 'pause' | 'resume';

const definitions: fc.Arbitrary<Partial<ScheduleDefinition>> = fc
  .record({
    overlap: fc.constantFrom(...(Object.keys(OVERLAP_POLICIES) as (keyof typeof OVERLAP_POLICIES)[])),
    catchUp: fc.constantFrom(...(Object.keys(CATCH_UP_POLICIES) as (keyof typeof CATCH_UP_POLICIES)[])),
    maxCatchUp: fc.integer({ min: 1, max: 3 }),
  })
  // That pair is refused at registration.
  .filter(({ overlap, catchUp }) => overlap !== 'replace' || catchUp !== 'all');

const steps = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.constant<Step>('slot') }, fc.constantFrom<Step>('end', 'end', 'pause', 'resume')),
  { minLength: 1, maxLength: 12 },
);

async function endRuns(): Promise<void> {
  await agent.finish(await agent.claim());
  const cancelled = await agent.listCancels();
  await agent.finish(
    cancelled.map((attemptId) => ({ attemptId, epoch: 1 })),
    { outcome: 'cancelled', exitCode: null },
  );
}

/** Does one step; returns the slot that came. */
async function take(step: Step, { id: scheduleId }: ScheduleView, isPaused: boolean): Promise<string[]> {
  const params = { scheduleId };
  if (step === 'pause') await t.engineer.call(PauseSchedule, { params, body: {} });
  if (step === 'resume') await t.engineer.call(ResumeSchedule, { params, body: {} });
  if (step === 'end') await endRuns();
  return step === 'slot' && !isPaused ? [await comeDue(t.databaseUrl, scheduleId)] : [];
}

interface Row {
  readonly slot_at: string;
  readonly outcome: string;
  readonly run_id: string | null;
}

async function readSlots(scheduleId: string): Promise<readonly Row[]> {
  return withConnection(t.databaseUrl, async (client) => {
    const text = 'select slot_at, outcome, run_id from schedule_slots where schedule_id = $1 order by slot_at';
    return (await client.query<Row>(text, [scheduleId])).rows;
  });
}

let count = 0;

async function play(definition: Partial<ScheduleDefinition>, isAway: boolean, moves: readonly Step[]): Promise<void> {
  const pipeline = `random-${++count}`;
  await registerScheduled(t.agent, pipeline, [buildSchedule(definition)]);
  const schedule = await getOnlySchedule(t.engineer, pipeline);
  const slots: string[] = [];
  if (isAway) {
    const longAgo = (Date.now() - Date.parse('2019-01-01T00:00:00Z')) / 1000;
    // The leap days since then have passed as well.
    slots.push(
      await comeDue(t.databaseUrl, schedule.id, longAgo),
      '2020-02-29T00:00:00.000Z',
      '2024-02-29T00:00:00.000Z',
    );
  }
  let isPaused = false;
  for (const step of moves) {
    slots.push(...(await take(step, schedule, isPaused)));
    isPaused = step === 'pause' || (isPaused && step !== 'resume');
  }
  await t.engineer.call(ResumeSchedule, { params: { scheduleId: schedule.id }, body: {} });
  await waitFor('nothing to run or to wait', 20_000, async () => {
    await endRuns();
    const { liveRun, queuedSlots } = await getOnlySchedule(t.engineer, pipeline);
    return liveRun === null && queuedSlots === 0;
  });
  const decided = await readSlots(schedule.id);
  expect(decided.map(({ slot_at }) => slot_at)).toEqual(slots);
  const { runs } = await t.engineer.call(ListRuns, { query: { pipeline, limit: 200 } });
  const planned = decided.filter(({ outcome }) => outcome === 'planned');
  expect(planned.map(({ run_id }) => run_id)).toEqual(runs.map(({ id }) => id).reverse());
  expectOneAtATime(runs.toReversed());
  await registerScheduled(t.agent, pipeline, []);
}

function expectOneAtATime(runs: readonly Pick<RunSummary, 'createdAt' | 'finishedAt'>[]): void {
  runs.forEach(({ finishedAt }, index) => {
    const next = runs[index + 1];
    if (next) expect(Date.parse(finishedAt ?? '')).toBeLessThanOrEqual(Date.parse(next.createdAt));
  });
}

test('each slot has one outcome, runs follow each other in the order of the slots, and never two are at once', async () => {
  const property = fc.asyncProperty(definitions, fc.boolean(), steps, play);
  await fc.assert(property, { numRuns: 10 });
});
