// Nobody ticks for a while, or several do at once and die of it: each slot has one outcome, and at most one run.
import { ListRuns, ListScheduleSlots, type ScheduleView, type SlotView } from '@towpath/api';
import type { ScheduleDefinition } from '@towpath/core';
import { createTestDatabase, type SpawnedProcess, spawnProcess, waitFor } from '@towpath/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildSchedule, comeDue, getOnlySchedule, registerScheduled, setDue } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

// Each wait has its own deadline; this one only catches what has none. Killed servers start again within seconds, alone.
vi.setConfig({ testTimeout: 240_000 });

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  agent = await openSimulatedAgent(t.agent);
});
afterAll(() => t.close());

async function schedule(pipeline: string, definition: Partial<ScheduleDefinition> = {}): Promise<ScheduleView> {
  await registerScheduled(t.agent, pipeline, [buildSchedule(definition)]);
  return getOnlySchedule(t.engineer, pipeline);
}

/** Oldest first. */
async function listSlots(scheduleId: string): Promise<SlotView[]> {
  const all: SlotView[] = [];
  let after: string | undefined;
  do {
    const page = await t.engineer.call(ListScheduleSlots, { params: { scheduleId }, query: { limit: 200, after } });
    all.unshift(...page.slots.toReversed());
    after = page.next ?? undefined;
  } while (after !== undefined);
  return all;
}

const describeSlot = ({ outcome, reasonCode }: SlotView) => [outcome, reasonCode].filter(Boolean).join(' ');

async function finishAll(): Promise<void> {
  for (let grants = await agent.claim(); grants.length > 0; grants = await agent.claim()) await agent.finish(grants);
}

/** Lets the schedule have been left alone since 2015: the slots of three leap years and that of its last tick are due. */
async function leaveSince2015(scheduleId: string): Promise<void> {
  await withConnection(t.databaseUrl, async (client) => {
    await client.query(`update schedules set next_slot_at = '2015-01-01T00:00:00Z' where id = $1`, [scheduleId]);
    await wake(client);
    await waitFor('the slots to be decided', 20_000, async () => {
      const found = await client.query('select from schedules where id = $1 and next_slot_at > now()', [scheduleId]);
      return found.rowCount === 1;
    });
  });
}

async function wake(client: pg.Client): Promise<void> {
  await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'schedules']);
}

describe('nobody ticked for several slots', () => {
  const LOST = 'missed NOBODY_TICKED';
  test.each<[string, Partial<ScheduleDefinition>, string[]]>([
    ['none', { catchUp: 'none' }, [LOST, LOST, LOST, LOST]],
    ['latest', { catchUp: 'latest' }, [LOST, LOST, LOST, 'planned']],
    ['all', { catchUp: 'all', maxCatchUp: 3 }, [LOST, 'planned', 'queued', 'queued']],
    ['all-queue', { catchUp: 'all', maxCatchUp: 3, overlap: 'queue' }, [LOST, 'planned', 'queued', 'queued']],
    ['replace', { catchUp: 'latest', overlap: 'replace' }, [LOST, LOST, LOST, 'planned']],
    ['deadline', { startDeadlineSeconds: 3600 }, [LOST, LOST, LOST, 'missed DEADLINE_PASSED']],
  ])('catch-up %s', async (name, definition, expected) => {
    const { id } = await schedule(`away-${name}`, definition);
    await leaveSince2015(id);
    const slots = await listSlots(id);
    expect(slots.map(describeSlot)).toEqual(expected);
    expect(slots.map(({ slotAt }) => slotAt.slice(0, 10))).toEqual([
      '2015-01-01',
      '2016-02-29',
      '2020-02-29',
      '2024-02-29',
    ]);
    await waitFor('all runs to have ended', 20_000, async () => {
      await finishAll();
      const { liveRun, queuedSlots } = await getOnlySchedule(t.engineer, `away-${name}`);
      return liveRun === null && queuedSlots === 0;
    });
    const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: `away-${name}` } });
    const ran = slots
      .filter(({ outcome }) => outcome === 'planned' || outcome === 'queued')
      .map(({ slotAt }) => slotAt);
    expect(runs.map(({ logicalAt }) => logicalAt).reverse()).toEqual(ran);
  });

  test('of a long absence the last thousand slots are told apart, the others are one row', async () => {
    // 28 days of minutes, a year apart.
    const { id } = await schedule('long', { cron: '* * * 2 *', catchUp: 'all', maxCatchUp: 2 });
    const lastYear = await withConnection(t.databaseUrl, async (client) => {
      const { rows } = await client.query<{ slot: string }>(
        `update schedules set next_slot_at = next_slot_at - interval '1 year' where id = $1 returning next_slot_at as slot`,
        [id],
      );
      await wake(client);
      return rows[0]?.slot;
    });
    const slots = await waitFor('the slots to be decided', 30_000, async () => {
      const found = await listSlots(id);
      return found.length > 0 && found;
    });
    expect(slots).toHaveLength(1001);
    expect(slots[0]).toMatchObject({ slotAt: lastYear, outcome: 'missed', reasonCode: 'NOBODY_TICKED' });
    expect(Date.parse(slots[1]?.slotAt ?? '') - Date.parse(slots[0]?.untilAt ?? '')).toBe(60_000);
    expect(slots.slice(-3).map(describeSlot)).toEqual([LOST, 'planned', 'queued']);
    await registerScheduled(t.agent, 'long', []);
    await finishAll();
  });

  test('a server that comes back finds what it missed by itself', async () => {
    const own = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
    await registerScheduled(own.agent, 'back', [buildSchedule()]);
    const { id } = await getOnlySchedule(own.engineer, 'back');
    await own.server.close();
    await withConnection(own.databaseUrl, (client) => setDue(client, id, 7200));
    const second = await own.startReplica();
    const engineer = own.clientOf(own.tokens.engineer, second);
    await waitFor('the slot to have its run', 20_000, async () => {
      const { lastSlots } = await getOnlySchedule(engineer, 'back');
      return lastSlots[0]?.outcome === 'planned';
    });
    await own.close();
  });
});

test('a slot that could not start in its deadline while it waited is missed, and the next one starts', async () => {
  const { id } = await schedule('waited', { overlap: 'queue', startDeadlineSeconds: 3600 });
  for (const secondsAgo of [30, 20, 0]) await comeDue(t.databaseUrl, id, secondsAgo);
  await withConnection(t.databaseUrl, (client) =>
    client.query(
      `update schedule_slots set slot_at = slot_at - interval '2 hours'
       where schedule_id = $1 and slot_at = (select min(slot_at) from schedule_slots where schedule_id = $1 and outcome = 'queued')`,
      [id],
    ),
  );
  await finishAll();
  await waitFor('the last slot to start', 20_000, async () => {
    const outcomes = (await listSlots(id)).map(describeSlot);
    return outcomes.join() === 'missed DEADLINE_PASSED,planned,planned';
  });
  await finishAll();
});

test('outcomes older than 90 days are deleted when a server starts, what waits is not', async () => {
  const { id } = await schedule('old', { overlap: 'queue' });
  for (let slot = 0; slot < 3; slot += 1) await comeDue(t.databaseUrl, id);
  await withConnection(t.databaseUrl, (client) =>
    client.query(`update schedule_slots set slot_at = slot_at - interval '91 days' where schedule_id = $1`, [id]),
  );
  await t.startReplica();
  await waitFor('old outcomes to be gone', 20_000, async () => {
    const outcomes = (await listSlots(id)).map(({ outcome }) => outcome);
    return outcomes.join() === 'queued,queued';
  });
  await registerScheduled(t.agent, 'old', []);
  await finishAll();
});

describe('several servers tick', () => {
  const SLOTS = 12;

  const startProcess = async (): Promise<SpawnedProcess> => {
    const program = new URL('../testing/server-process.ts', import.meta.url).pathname;
    const started = await spawnProcess({ command: process.execPath, args: [program, t.databaseUrl] });
    await started.waitForOutput(/listens on/, 60_000);
    return started;
  };

  test('each slot has one outcome and one run, though a server is killed by kill -9 in between', async () => {
    const { id } = await schedule('replicas', { overlap: 'queue' });
    await t.startReplica();
    let victim = await startProcess();
    const slots: string[] = [];
    await withConnection(t.databaseUrl, async (client) => {
      for (let slot = 0; slot < SLOTS; slot += 1) {
        slots.push(await setDue(client, id));
        await wake(client);
        // Killed while all three decide; each kill falls elsewhere into the transaction.
        if (slot % 3 === 1) {
          victim.kill('SIGKILL');
          await victim.waitForExit();
          victim = await startProcess();
        }
        await waitFor('the slot to be decided', 20_000, async () => {
          const found = await client.query('select from schedules where id = $1 and next_slot_at > clock_timestamp()', [
            id,
          ]);
          return found.rowCount === 1;
        });
      }
    });
    await victim.destroy();
    await waitFor('all runs to have ended', 60_000, async () => {
      await finishAll();
      const { liveRun, queuedSlots } = await getOnlySchedule(t.engineer, 'replicas');
      return liveRun === null && queuedSlots === 0;
    });
    const decided = await listSlots(id);
    expect(decided.map(({ slotAt, outcome }) => [slotAt, outcome])).toEqual(slots.map((slot) => [slot, 'planned']));
    const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: 'replicas' } });
    expect(runs.map(({ logicalAt }) => logicalAt).reverse()).toEqual(slots);
  });
});
