// What a policy says: when environments are open, who decides, what a plan foresees.
import {
  ApplyEnvironments,
  ApplyPolicy,
  DeclareFreeze,
  GetCalendar,
  GetCalendarFeed,
  GiveSignOff,
  ListPromotions,
  OpenPromotion,
  PlanPromotion,
} from '@towpath/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../testing/promotion-world.ts';
import { recordRelease } from '../testing/released.ts';

describe('the policy and its calendar', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  afterAll(() => w.close());

  const apply = (policy: object) =>
    w.administrator.call(ApplyPolicy, { body: { policy: { schemaVersion: 1, ...policy } } });
  const calendar = (at: string) => w.bo.call(GetCalendar, { params: { environment: 'prod' }, query: { at } });

  test('A69 the shipped one closes production at the year end, to the minute', async () => {
    expect(await calendar('2026-12-17T23:59:59.999Z')).toMatchObject({
      closures: [],
      nextOpen: '2026-12-17T23:59:59.999Z',
    });
    expect(await calendar('2026-12-20T00:00:00.000Z')).toMatchObject({
      closures: [{ kind: 'yearly' }],
      nextOpen: '2027-01-06T00:00:00.000Z',
    });
  });

  test('A69 bank holidays are those of country and region, in the time zone of the calendar', async () => {
    const freeze = { timeZone: 'Europe/London', holidays: [{ country: 'GB', region: 'SCT' }] };
    const { version, rules } = await apply({ environments: { prod: { freeze } } });
    expect(version).toBe(1);
    expect(rules.prod).toMatchObject({ soakHours: 24, freeze: { timeZone: 'Europe/London', monthEndBusinessDays: 0 } });
    // St Andrew's Day, 30 November: in Scotland alone.
    expect(await calendar('2026-11-30T00:00:00.000Z')).toMatchObject({ closures: [{ kind: 'holiday' }] });
    await apply({ environments: { prod: { freeze: { ...freeze, holidays: [{ country: 'GB', region: 'ENG' }] } } } });
    expect((await calendar('2026-11-30T00:00:00.000Z')).closures).toEqual([]);
    // The summer bank holiday in England: 31 August 2026, one hour ahead of UTC.
    expect((await calendar('2026-08-30T22:59:59.999Z')).closures).toEqual([]);
    expect(await calendar('2026-08-30T23:00:00.000Z')).toMatchObject({
      closures: [{ kind: 'holiday' }],
      nextOpen: '2026-08-31T23:00:00.000Z',
    });
  });

  test('A69 years that nobody knows the holidays of are no open ones', async () => {
    await expect(calendar('9999-11-30T00:00:00.000Z')).rejects.toMatchObject({ code: 'HOLIDAYS_UNKNOWN' });
  });

  test('A69 weekly windows and freezes together say when an environment opens next', async () => {
    const windows = [
      { days: ['mon' as const, 'tue' as const], from: '09:00', until: '16:00', timeZone: 'Europe/London' },
    ];
    await apply({ environments: { prod: { windows } } });
    // Monday 22 June 2026, UTC+1: open until 15:00. The 30th is a Tuesday, in the close of the month.
    expect(await calendar('2026-06-22T14:59:59.999Z')).toMatchObject({
      closures: [],
      openUntil: '2026-06-22T15:00:00.000Z',
    });
    expect(await calendar('2026-06-22T15:00:00.000Z')).toMatchObject({
      closures: [{ kind: 'window', name: 'outside of mon, tue 09:00-16:00 Europe/London' }],
      nextOpen: '2026-06-23T08:00:00.000Z',
    });
    expect((await calendar('2026-06-23T15:00:00.000Z')).nextOpen).toBe('2026-07-06T08:00:00.000Z');
  });

  test('A69 a day tells when it is open, and until when what closes the rest of it lasts', async () => {
    const windows = [{ days: ['mon' as const], from: '09:00', until: '16:00', timeZone: 'Europe/London' }];
    await apply({ environments: { prod: { windows } } });
    const { days } = await w.rita.call(GetCalendar, {
      params: { environment: 'prod' },
      query: { at: '2026-06-22T07:00:00Z', days: 2 },
    });
    const closed = { kind: 'window', name: 'outside of mon 09:00-16:00 Europe/London' };
    expect(days).toEqual([
      {
        on: '2026-06-22',
        closures: [
          { ...closed, startsAt: '2026-06-15T15:00:00.000Z', endsAt: '2026-06-22T08:00:00.000Z' },
          { ...closed, startsAt: '2026-06-22T15:00:00.000Z', endsAt: '2026-06-29T08:00:00.000Z' },
        ],
        open: [{ startsAt: '2026-06-22T08:00:00.000Z', endsAt: '2026-06-22T15:00:00.000Z' }],
      },
      {
        on: '2026-06-23',
        closures: [{ ...closed, startsAt: '2026-06-22T15:00:00.000Z', endsAt: '2026-06-29T08:00:00.000Z' }],
        open: [],
      },
    ]);
  });

  test('A69 the calendar is a feed that others can show', async () => {
    const yearly = [{ name: 'year-end; close', from: '12-20', until: '01-05' }];
    const windows = [{ days: ['mon' as const], from: '09:00', until: '16:00', timeZone: 'UTC' }];
    await apply({ environments: { prod: { windows, freeze: { timeZone: 'Europe/London', yearly } } } });
    await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason: 'stop, the line' } });
    const reason = 'look\n\tat\u001b[2J this\u202e';
    await w.rita.call(DeclareFreeze, { body: { environment: 'prod', reason } });
    const read = () => w.bo.send(GetCalendarFeed, { params: { environment: 'prod' } });
    const response = await read();
    expect(response.headers.get('content-type')).toMatch(/^text\/calendar/);
    const text = (await response.text()).replaceAll('\r\n ', '');
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2\.0\r\n[\s\S]*\r\nEND:VCALENDAR\r\n$/);
    expect(text).toMatch(
      /DTSTART:\d{4}1220T000000Z\r\nDTEND:\d{4}0106T000000Z\r\nSUMMARY:prod is closed: year-end\\; close\r\n/,
    );
    expect(text).toContain('SUMMARY:prod is closed: stop\\, the line');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them is there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
    expect(text).toContain('SUMMARY:prod is closed: look at\\\\u001b[2J this\\\\u202e\r\n');
    // From a Monday to the next one, and so more than fifty times a year.
    const outside =
      /DTSTART:\d{8}T160000Z\r\nDTEND:\d{8}T090000Z\r\nSUMMARY:prod is closed: outside of mon 09:00-16:00 UTC\r\n/g;
    expect(text.match(outside)?.length).toBeGreaterThan(50);
    const uids = (feed: string) => [...feed.matchAll(/^UID:(.*)$/gm)].map(([, uid]) => uid);
    expect(uids((await (await read()).text()).replaceAll('\r\n ', ''))).toEqual(uids(text));
    await expect(w.bo.send(GetCalendarFeed, { params: { environment: 'none' } })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('is applied by administrators, as a whole or not at all, and the same one again changes nothing', async () => {
    const before = await apply({ environments: { prod: { cycles: 3 } } });
    expect((await apply({ environments: { prod: { cycles: 3 } } })).version).toBe(before.version);
    const wrong = [
      { environments: { prdo: { cycles: 3 } } },
      { environments: { prod: { freeze: { timeZone: 'Mars/Olympus' } } } },
      { environments: { prod: { freeze: { holidays: [{ country: 'XX' }] } } } },
      { environments: { prod: { freeze: { holidays: [{ country: 'GB', region: 'XYZ' }] } } } },
      {
        environments: { prod: { windows: [{ days: ['mon' as const], from: '09:00', until: '16:00', timeZone: 'x' }] } },
      },
    ];
    for (const policy of wrong) await expect(apply(policy)).rejects.toMatchObject({ code: 'POLICY_INVALID' });
    const body = { policy: { schemaVersion: 1 as const } };
    await expect(w.rita.call(ApplyPolicy, { body })).rejects.toMatchObject({ status: 403 });
  });

  test('A72 says who may promote where', async () => {
    await apply({ environments: { int: { promoters: ['release-manager'] } } });
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    const body = { releaseId, environment: 'int' };
    await expect(w.engineer.call(OpenPromotion, { body })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await w.rita.call(OpenPromotion, { body })).state).toBe('running');
  });

  test('an environment that something was promoted to is not withdrawn; what was only frozen is', async () => {
    const apply = (...names: readonly string[]) =>
      w.administrator.call(ApplyEnvironments, {
        body: {
          project: 'markets',
          environments: names.map((name) => ({ name, kind: 'shared' as const })),
          isWhole: true,
        },
      });
    await apply('first', 'second');
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    await w.rita.call(DeclareFreeze, { body: { environment: 'second', reason: 'not yet' } });
    await w.eva.call(GiveSignOff, { body: { releaseId, environment: 'second', decision: 'approved' } });
    await apply('first');
    await w.rita.call(OpenPromotion, { body: { releaseId, environment: 'first' } });
    await expect(apply('third')).rejects.toMatchObject({
      code: 'ENVIRONMENT_IN_USE',
      reason: expect.stringContaining('promotions'),
    });
  });

  test('a plan says what would happen, at another moment too, and changes nothing', async () => {
    const { id: releaseId } = await recordRelease(w.engineer, 'v1.0.0');
    await apply({ environments: { int: { freeze: { filingDates: [{ on: '2027-03-01', name: 'filing' }] } } } });
    const ask = (at: string) => w.bo.call(PlanPromotion, { body: { releaseId, environment: 'int', at } });
    expect(await ask('2027-02-28T23:59:59.999Z')).toMatchObject({
      decision: 'allow',
      from: null,
      plan: { steps: ['judge-gates', 'set-desired', 'await-observed', 'take-effect'], pipelines: { added: ['daily'] } },
    });
    expect(await ask('2027-03-01T00:00:00.000Z')).toMatchObject({
      decision: 'defer',
      askAgainAt: '2027-03-02T00:00:00.000Z',
    });
    expect((await w.bo.call(ListPromotions, { query: { environment: 'prod' } })).promotions).toEqual([]);
  });
});
