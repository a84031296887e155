// One schedule through everything that can happen to its slots, and what the audit says of it afterwards.
import { GetRun, ListRuns, RunScheduleNow, type ScheduleView } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { buildSchedule, comeDue, getOnlySchedule, registerScheduled } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  agent = await openSimulatedAgent(t.agent);
});
afterEach(() => t.close());

const look = () => getOnlySchedule(t.engineer, 'daily');

/** Oldest first. */
const describeSlots = ({ lastSlots }: ScheduleView) =>
  lastSlots.map(({ outcome, reasonCode }) => [outcome, reasonCode].filter(Boolean).join(' ')).reverse();

async function finishLive(): Promise<void> {
  const grants = await waitFor('a grant', 20_000, async () => {
    const granted = await agent.claim();
    return granted.length > 0 && granted;
  });
  // One task a run: two grants would be two runs.
  expect(grants).toHaveLength(1);
  await agent.start(grants);
  await agent.finish(grants);
}

/** Nobody ticks for years: the leap days since 2015 are due at once. */
function leaveSince2015(scheduleId: string): Promise<unknown> {
  return withConnection(t.databaseUrl, async (client) => {
    await client.query(`update schedules set next_slot_at = '2015-01-01T00:00:00Z' where id = $1`, [scheduleId]);
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'schedules']);
    await waitFor('the slots to be decided', 20_000, async () => (await look()).lastSlots.length === 8);
  });
}

/** What the schedule decided, oldest first, without what is nobody's but the run's. */
async function listDecisions() {
  const lines = await readAuditChain(t.engineer);
  const entries = lines.flatMap((line) => (line.kind === 'entry' ? [line] : []));
  return entries.filter(({ actor }) => actor.kind === 'policy' && actor.name === 'schedule default');
}

test('A24 on the engine: a schedule never overlaps, keeps its deadline, catches up or reports what was missed, runs now, and all of it is in the audit', async () => {
  const definition = buildSchedule({ overlap: 'forbid', catchUp: 'latest', startDeadlineSeconds: 3600 });
  await registerScheduled(t.agent, 'daily', [definition]);
  const { id } = await look();
  const params = { scheduleId: id };

  // Never two at once: neither by its slots nor by hand.
  await comeDue(t.databaseUrl, id);
  await comeDue(t.databaseUrl, id);
  expect(describeSlots(await look())).toEqual(['planned', 'skipped RUN_NOT_ENDED']);
  await expect(t.engineer.call(RunScheduleNow, { params, body: {} })).rejects.toMatchObject({
    code: 'SCHEDULE_RUNNING',
  });
  await finishLive();

  // Late, but within its deadline: caught up. Later than that: reported.
  const late = await comeDue(t.databaseUrl, id, 1800);
  expect((await look()).liveRun).not.toBeNull();
  await finishLive();
  await comeDue(t.databaseUrl, id, 7200);
  expect(describeSlots(await look()).at(0)).toBe('missed DEADLINE_PASSED');
  await leaveSince2015(id);
  expect(describeSlots(await look()).slice(0, 4)).toEqual([
    ...Array(3).fill('missed NOBODY_TICKED'),
    'missed DEADLINE_PASSED',
  ]);
  expect((await look()).liveRun).toBeNull();

  const now = await t.engineer.call(RunScheduleNow, { params, body: { note: 'after the fix' } });
  await finishLive();
  expect(await t.engineer.call(GetRun, { params: { runId: now.id } })).toMatchObject({ state: 'succeeded' });
  const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: 'daily' } });
  expect(runs.map(({ trigger, state }) => `${trigger} ${state}`)).toEqual([
    'manual succeeded',
    'schedule succeeded',
    'schedule succeeded',
  ]);

  const decisions = await listDecisions();
  expect(decisions).toMatchObject([
    { action: 'run.started', subject: { kind: 'run', name: 'daily-int #1' }, details: { scheduleId: id } },
    {
      action: 'schedule.slots-skipped',
      subject: { kind: 'schedule', id, name: 'daily/default' },
      environment: 'int',
      why: 'A run of this schedule had not ended.',
      details: { reasonCode: 'RUN_NOT_ENDED', count: 1 },
    },
    { action: 'run.started', subject: { name: 'daily-int #2' }, details: { slotAt: late } },
    { action: 'schedule.slots-missed', details: { reasonCode: 'DEADLINE_PASSED', count: 1 } },
    { action: 'schedule.slots-missed', details: { reasonCode: 'NOBODY_TICKED', count: 3 } },
    { action: 'schedule.slots-missed', details: { reasonCode: 'DEADLINE_PASSED', count: 1 } },
  ]);
});

test('a run that is replaced is in the audit as cancelled by its schedule, and the slot that replaced it as its run', async () => {
  await registerScheduled(t.agent, 'daily', [buildSchedule({ overlap: 'replace' })]);
  const { id } = await look();
  await comeDue(t.databaseUrl, id);
  await comeDue(t.databaseUrl, id);
  await waitFor('the second run', 20_000, async () => (await look()).liveRun?.number === 2);
  expect((await listDecisions()).map(({ action, subject }) => `${action} ${subject.name}`)).toEqual([
    'run.started daily-int #1',
    'run.cancelled daily-int #1',
    'run.started daily-int #2',
  ]);
});
