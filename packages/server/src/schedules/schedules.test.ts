// Schedules through the API, with agents that finish what they are told to; slots come when the test says so.
import {
  CancelRun,
  FindRunByNumber,
  GetRun,
  ListRuns,
  ListScheduleSlots,
  ListSchedules,
  PauseSchedule,
  RegisterCode,
  RerunRun,
  ResumeSchedule,
  RunScheduleNow,
  type ScheduleView,
} from '@towpath/api';
import type { ScheduleDefinition } from '@towpath/core';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { buildSchedule, comeDue, getOnlySchedule, registerScheduled } from '../testing/scheduled-pipeline.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

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

const tick = (id: string, secondsAgo?: number) => comeDue(t.databaseUrl, id, secondsAgo);
const look = (pipeline: string) => getOnlySchedule(t.engineer, pipeline);

/** Outcomes, oldest first: `planned`, `skipped RUN_NOT_ENDED`. */
async function listOutcomes(pipeline: string): Promise<string[]> {
  const { lastSlots } = await look(pipeline);
  return lastSlots.map(({ outcome, reasonCode }) => [outcome, reasonCode].filter(Boolean).join(' ')).reverse();
}

async function waitForOutcomes(pipeline: string, expected: readonly string[]): Promise<void> {
  await waitFor(`outcomes ${expected.join(', ')}`, 20_000, async () => {
    const seen = await listOutcomes(pipeline);
    return seen.join() === expected.join() ? true : undefined;
  });
}

async function finishRun(runId: string): Promise<void> {
  const grants = await waitFor('a grant of the run', 20_000, async () => {
    const granted = await agent.claim();
    return granted.some((grant) => grant.runId === runId) && granted;
  });
  await agent.start(grants);
  await agent.finish(grants);
}

async function finishLive(pipeline: string): Promise<void> {
  const { liveRun } = await look(pipeline);
  if (!liveRun) throw new Error(`${pipeline} has no live run`);
  await finishRun(liveRun.id);
}

describe('a slot that comes', () => {
  test('plans a run with the parameters of the schedule, which stands for the slot in its zone', async () => {
    const definition = buildSchedule({ name: 'nightly', timeZone: 'Pacific/Kiritimati', parameters: { region: 'eu' } });
    const graph = {
      ...buildGraph('planned', [
        buildTask('load', { argv: ['x', '{{ run.logicalDate }}', '{{ parameters.region }}'] }),
      ]),
      parameters: { region: { type: 'string' } } as const,
      schedules: [definition],
    };
    await t.agent.call(RegisterCode, { body: buildRegistration([graph], 'code-planned') });
    const { id, nextSlots, ...rest } = await look('planned');
    expect(rest).toMatchObject({
      ...definition,
      environment: 'int',
      paused: null,
      queuedSlots: 0,
      liveRun: null,
      lastSlots: [],
    });
    expect(nextSlots).toHaveLength(5);
    const slotAt = await tick(id);
    const { lastSlots, liveRun } = await look('planned');
    expect(lastSlots).toMatchObject([
      { slotAt, outcome: 'planned', reason: null, untilAt: null, run: { id: liveRun?.id } },
    ]);
    const run = await t.engineer.call(GetRun, { params: { runId: liveRun?.id ?? '' } });
    expect(run).toMatchObject({
      trigger: 'schedule',
      logicalAt: slotAt,
      createdBy: 'schedule nightly',
      parameters: { region: 'eu' },
    });
    const [grant] = await agent.claim();
    const day = new Date(Date.parse(slotAt) + 14 * 3600 * 1000).toISOString().slice(0, 10);
    expect(grant?.argv).toEqual(['x', day, 'eu']);
    await agent.finish(grant ? [grant] : []);
  });

  test('forbid: is skipped, and says so, while a run lasts', async () => {
    const { id } = await schedule('forbid');
    await tick(id);
    await tick(id);
    expect(await listOutcomes('forbid')).toEqual(['planned', 'skipped RUN_NOT_ENDED']);
    expect((await look('forbid')).lastSlots[0]?.reason).toBe('A run of this schedule had not ended.');
    await finishLive('forbid');
    await tick(id);
    expect(await listOutcomes('forbid')).toEqual(['planned', 'skipped RUN_NOT_ENDED', 'planned']);
    await finishLive('forbid');
  });

  test('queue: waits, and the runs follow each other in the order of the slots', async () => {
    const { id } = await schedule('queue', { overlap: 'queue' });
    for (let slot = 0; slot < 3; slot += 1) await tick(id);
    expect(await listOutcomes('queue')).toEqual(['planned', 'queued', 'queued']);
    expect((await look('queue')).queuedSlots).toBe(2);
    await finishLive('queue');
    await waitForOutcomes('queue', ['planned', 'planned', 'queued']);
    await finishLive('queue');
    await waitForOutcomes('queue', ['planned', 'planned', 'planned']);
    await finishLive('queue');
    const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: 'queue' } });
    const slots = (await look('queue')).lastSlots.map(({ slotAt }) => slotAt);
    expect(runs.map(({ logicalAt }) => logicalAt)).toEqual(slots);
    expect(runs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  test('replace: cancels the run before, and starts when that has ended', async () => {
    const { id } = await schedule('replace', { overlap: 'replace' });
    await tick(id);
    const [grant] = await agent.claim();
    if (!grant) throw new Error('nothing was granted');
    await agent.start([grant]);
    await tick(id);
    await tick(id);
    expect(await listOutcomes('replace')).toEqual(['planned', 'skipped SUPERSEDED', 'queued']);
    expect(await agent.listCancels()).toEqual([grant.attemptId]);
    await agent.finish([grant], { outcome: 'cancelled', exitCode: null });
    await waitForOutcomes('replace', ['planned', 'skipped SUPERSEDED', 'planned']);
    await finishLive('replace');
    const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: 'replace' } });
    expect(runs.map(({ state }) => state)).toEqual(['succeeded', 'cancelled']);
  });

  test('replace: a run of which nothing has started makes room at once', async () => {
    const { id } = await schedule('replace-at-once', { overlap: 'replace' });
    await tick(id);
    await tick(id);
    await waitForOutcomes('replace-at-once', ['planned', 'planned']);
    await finishLive('replace-at-once');
  });

  test('does not mind a re-run of one of its runs', async () => {
    const { id } = await schedule('rerun');
    await tick(id);
    const before = (await look('rerun')).liveRun;
    await finishLive('rerun');
    const repeated = await t.engineer.call(RerunRun, { params: { runId: before?.id ?? '' }, body: { from: 'start' } });
    await tick(id);
    expect(await listOutcomes('rerun')).toEqual(['planned', 'planned']);
    await finishLive('rerun');
    await t.engineer.call(CancelRun, { params: { runId: repeated.id }, body: {} });
  });
});

describe('people', () => {
  test('pause: no slot comes, what waits goes on waiting; resume: slots come from then on', async () => {
    const { id } = await schedule('pause', { overlap: 'queue' });
    await tick(id);
    await tick(id);
    const params = { scheduleId: id };
    const paused = await t.engineer.call(PauseSchedule, { params, body: { note: 'source is moving' } });
    expect(paused.paused).toMatchObject({ by: 'erin', note: 'source is moving' });
    expect(paused.nextSlots).toHaveLength(5);
    const again = await t.engineer.call(PauseSchedule, { params, body: { note: 'other' } });
    expect(again.paused).toEqual(paused.paused);
    await finishLive('pause');
    await schedule('pause', { overlap: 'queue', startDeadlineSeconds: 900 });
    expect(await look('pause')).toMatchObject({ paused: { by: 'erin' }, liveRun: null, queuedSlots: 1 });
    await expect(tick(id)).rejects.toThrow('does not tick');
    expect(await t.engineer.call(ResumeSchedule, { params, body: {} })).toMatchObject({ paused: null });
    expect(await t.engineer.call(ResumeSchedule, { params, body: {} })).toMatchObject({ paused: null });
    await waitForOutcomes('pause', ['planned', 'planned']);
    await finishLive('pause');
  });

  test('run now: with the parameters of the schedule, for this moment, also while it is paused, and one at a time', async () => {
    const { id } = await schedule('now');
    const params = { scheduleId: id };
    await t.engineer.call(PauseSchedule, { params, body: {} });
    const run = await t.engineer.call(RunScheduleNow, { params, body: { note: 'after the fix' } });
    expect(run).toMatchObject({ trigger: 'manual', createdBy: 'erin', note: 'after the fix' });
    expect(Date.parse(run.logicalAt ?? '')).toBeLessThanOrEqual(Date.parse(run.createdAt) + 5_000);
    expect((await look('now')).liveRun).toMatchObject({ id: run.id, number: run.number });
    await expect(t.engineer.call(RunScheduleNow, { params, body: {} })).rejects.toMatchObject({
      code: 'SCHEDULE_RUNNING',
      message: `Schedule now/default has a run that has not ended: #${run.number}.`,
    });
    await finishRun(run.id);
    expect(await look('now')).toMatchObject({ liveRun: null, lastSlots: [] });
  });

  test('a run by hand counts: forbid skips the slot that comes meanwhile', async () => {
    const { id } = await schedule('by-hand');
    const run = await t.engineer.call(RunScheduleNow, { params: { scheduleId: id }, body: {} });
    await tick(id);
    expect(await listOutcomes('by-hand')).toEqual(['skipped RUN_NOT_ENDED']);
    await finishRun(run.id);
  });

  test('many at once: one run now is planned, the others are told of it', async () => {
    const { id } = await schedule('at-once');
    const all = await Promise.allSettled(
      Array.from({ length: 5 }, () => t.engineer.call(RunScheduleNow, { params: { scheduleId: id }, body: {} })),
    );
    const refused = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.map(({ code }) => code)).toEqual(Array(4).fill('SCHEDULE_RUNNING'));
    await finishLive('at-once');
  });

  test('slots come in pages, newest first', async () => {
    const { id } = await schedule('pages');
    const slots: string[] = [];
    for (let count = 0; count < 5; count += 1) slots.unshift(await tick(id));
    const params = { scheduleId: id };
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await t.engineer.call(ListScheduleSlots, { params, query: { limit: 2, after } });
      seen.push(...page.slots.map(({ slotAt }) => slotAt));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(slots);
    await expect(
      t.engineer.call(ListScheduleSlots, { params, query: { limit: 2, after: 'eA' } }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await finishLive('pages');
  });
});

describe('code', () => {
  test('a changed expression counts from now on; other changes keep the next slot; an unchanged one changes nothing', async () => {
    const before = await schedule('changed', { cron: '0 0 29 2 *' });
    const after = await schedule('changed', { cron: '0 0 29 2 *', overlap: 'queue' });
    expect(after).toEqual({ ...before, overlap: 'queue' });
    const moved = await schedule('changed', { cron: '0 12 29 2 *', timeZone: 'Asia/Tokyo' });
    expect(moved.nextSlots[0]).toMatch(/-02-29T03:00:00/);
    expect(moved.id).toBe(before.id);
    await withConnection(t.databaseUrl, async (client) => {
      const { rows } = await client.query('select next_slot_at from schedules where id = $1', [before.id]);
      expect(rows).toEqual([{ next_slot_at: moved.nextSlots[0] }]);
    });
  });

  test('a slot that came before a change is decided by the former schedule', async () => {
    const { id } = await schedule('just-before');
    await withConnection(t.databaseUrl, async (client) => {
      // Nobody is woken: the registration finds it due.
      await client.query(`update schedules set next_slot_at = clock_timestamp() where id = $1`, [id]);
      await schedule('just-before', { cron: '0 12 29 2 *' });
    });
    expect(await listOutcomes('just-before')).toEqual(['planned']);
    await finishLive('just-before');
  });

  test('a removed schedule ends, what waited is skipped; when it comes back it has its history and counts from then on', async () => {
    const { id } = await schedule('gone', { overlap: 'queue' });
    await tick(id);
    await tick(id);
    await registerScheduled(t.agent, 'gone', []);
    expect((await t.engineer.call(ListSchedules, { query: { pipeline: 'gone' } })).schedules).toEqual([]);
    await expect(t.engineer.call(PauseSchedule, { params: { scheduleId: id }, body: {} })).rejects.toMatchObject({
      code: 'SCHEDULE_UNKNOWN',
    });
    const back = await schedule('gone', { overlap: 'queue' });
    expect(back.id).toBe(id);
    expect(await listOutcomes('gone')).toEqual(['planned', 'skipped SCHEDULE_REMOVED']);
    await finishLive('gone');
    await tick(id);
    expect(await listOutcomes('gone')).toEqual(['planned', 'skipped SCHEDULE_REMOVED', 'planned']);
    await finishLive('gone');
  });

  test('the playground never ticks', async () => {
    const graph = { ...buildGraph('tried-out', [buildTask('load')]), schedules: [buildSchedule()] };
    await t.agent.call(RegisterCode, { body: buildRegistration([graph], 'playground') });
    expect((await t.engineer.call(ListSchedules, { query: { pipeline: 'tried-out' } })).schedules).toEqual([]);
  });

  test('schedules of a local environment begin paused, and stay as a person left them', async () => {
    const admin = await openAdmin(t.databaseUrl);
    await admin.ensureEnvironment({ name: 'laptop', kind: 'local', position: 0 });
    const laptop = t.clientOf(await admin.issueAgentCredential({ environment: 'laptop', agent: 'own' }));
    await admin.close();
    await registerScheduled(laptop, 'at-home', [buildSchedule()]);
    const { id, paused } = await getOnlySchedule(t.engineer, 'at-home');
    expect(paused).toMatchObject({ by: 'towpath', note: 'Schedules of a local environment begin paused.' });
    await t.engineer.call(ResumeSchedule, { params: { scheduleId: id }, body: {} });
    await registerScheduled(laptop, 'at-home', [buildSchedule({ overlap: 'queue' })]);
    expect(await getOnlySchedule(t.engineer, 'at-home')).toMatchObject({ id, paused: null, overlap: 'queue' });
  });

  test('a schedule that can not be is refused with its pipeline, all problems together', async () => {
    const graph = {
      ...buildGraph('refused', [buildTask('load')]),
      schedules: [buildSchedule({ cron: '0 0 30 2 *' }), buildSchedule({ timeZone: 'Mars' })],
    };
    const error = await t.agent
      .call(RegisterCode, { body: buildRegistration([graph], 'code-refused') })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'GRAPH_INVALID' });
    expect(String(Object(error).reason)).toMatch(/no such day ever comes[\s\S]*not an IANA name[\s\S]*the same name/);
  });

  test('a slot whose run can not be planned is missed with the reason, and holds nothing up', async () => {
    const { id } = await schedule('unplannable');
    await withConnection(t.databaseUrl, (client) =>
      client.query(
        `update schedules set definition = definition || '{"parameters": {"nobody": "knows"}}' where id = $1`,
        [id],
      ),
    );
    await tick(id);
    expect(await listOutcomes('unplannable')).toEqual(['missed PARAMETERS_INVALID']);
  });
});

test('a run by number tells its slot, and events tell of schedules', async () => {
  const { id } = await schedule('told');
  const slotAt = await tick(id);
  const { liveRun } = await look('told');
  const params = { environment: 'int', number: liveRun?.number ?? 0 };
  expect(await t.clientOf(t.tokens.viewer).call(FindRunByNumber, { params })).toMatchObject({
    logicalAt: slotAt,
    trigger: 'schedule',
  });
  await finishLive('told');
  await withConnection(t.databaseUrl, async (client) => {
    const { rowCount } = await client.query(
      `select from events where kind = 'schedule.changed' and environment = 'int'`,
    );
    expect(rowCount).toBeGreaterThan(0);
  });
});
