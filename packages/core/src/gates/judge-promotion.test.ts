// What each gate says at its edges, as a release manager reads it; then what holds whatever the facts are.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromotionRules } from '../promotion/policy.ts';
import { judgePromotion } from './judge-promotion.ts';
import type { PromotionFacts, SignOff, SourceFacts } from './promotion-facts.ts';
import {
  buildFacts,
  buildParity,
  buildRules,
  buildSignOff,
  buildSource,
  HOUR_MS,
  known,
  NOW_MS,
} from './testing/build-facts.ts';
import { combineVerdicts, GATES, type GateName, type Verdict } from './verdict.ts';

const MINUTE_MS = 60_000;

function ask(gate: GateName, facts: Partial<PromotionFacts> = {}, rules: Partial<PromotionRules> = {}, nowMs = NOW_MS) {
  const judged = judgePromotion({ facts: buildFacts(facts), rules: buildRules(rules), gates: [gate] }, nowMs);
  const [verdict] = judged.verdicts;
  if (!verdict) throw new Error('the gate said nothing');
  return verdict;
}

const say = (...asked: Parameters<typeof ask>) => {
  const { decision, code } = ask(...asked);
  return `${decision} ${code}`;
};
const source = (deployment: Partial<NonNullable<SourceFacts['deployment']>>) => ({
  source: known(buildSource(deployment)),
});
const signOffs = (...given: readonly Partial<SignOff>[]) => ({ signOffs: known(given.map(buildSignOff)) });

test('facts that hold let a promotion through every gate of the shipped policy of production', () => {
  const { decision, verdicts } = judgePromotion({ facts: buildFacts(), rules: buildRules() }, NOW_MS);
  expect(verdicts.map(({ gate, decision: said }) => [gate, said])).toEqual(GATES.map((gate) => [gate, 'allow']));
  expect(decision).toBe('allow');
});

describe('A71 order', () => {
  const local = { name: 'local', kind: 'local', project: null } as const;
  const never = { source: known<SourceFacts>({ environment: 'int', deployment: null }) };
  test.each([
    ['what the environment before runs may come', {}, 'allow ORDER_KEPT'],
    ['what it ran before, too', source({ endedAtMs: NOW_MS - HOUR_MS }), 'allow ORDER_KEPT'],
    ['what it never ran may not', never, 'deny ORDER_SKIPPED'],
    ['the first environment has none before it', { source: known(null) }, 'allow ORDER_FIRST'],
    ['a laptop takes no release', { environment: local }, 'deny ENVIRONMENT_LOCAL'],
    [
      'a release of another project may not',
      { release: { id: 'x', project: 'other', author: 'anna' } },
      'deny RELEASE_OF_OTHER_PROJECT',
    ],
    ['not knowing is red', { source: { isKnown: false, why: 'away' } as const }, 'defer EVIDENCE_UNREACHABLE'],
  ])('%s', (_, facts, said) => {
    expect(say('order', facts)).toBe(said);
  });
});

describe('A64 soak', () => {
  const since = (agoMs: number, endedAgoMs: number | null = null) =>
    source({ startedAtMs: NOW_MS - agoMs, endedAtMs: endedAgoMs === null ? null : NOW_MS - endedAgoMs });
  test.each([
    ['a minute before 24 h', since(24 * HOUR_MS - MINUTE_MS), {}, 'defer SOAK_RUNNING'],
    ['a millisecond before', since(24 * HOUR_MS - 1), {}, 'defer SOAK_RUNNING'],
    ['24 h, to the millisecond', since(24 * HOUR_MS), {}, 'allow SOAK_LONG_ENOUGH'],
    ['a minute after 24 h', since(24 * HOUR_MS + MINUTE_MS), {}, 'allow SOAK_LONG_ENOUGH'],
    ['another policy, another soak', since(2 * HOUR_MS), { soakHours: 2 }, 'allow SOAK_LONG_ENOUGH'],
    ['replaced a minute too early', since(48 * HOUR_MS, 24 * HOUR_MS + MINUTE_MS), {}, 'deny SOAK_ENDED'],
    ['replaced when it was enough', since(48 * HOUR_MS, 24 * HOUR_MS), {}, 'allow SOAK_LONG_ENOUGH'],
    ['never deployed', { source: known({ environment: 'int', deployment: null }) }, {}, 'deny ORDER_SKIPPED'],
    ['no environment before, and a soak wanted', { source: known(null) }, {}, 'deny ORDER_SKIPPED'],
    ['none wanted', { source: known(null) }, { soakHours: 0 }, 'allow SOAK_NOT_WANTED'],
    ['unreachable', { source: { isKnown: false, why: 'away' } as const }, {}, 'defer EVIDENCE_UNREACHABLE'],
  ])('%s', (_, facts, rules, said) => {
    expect(say('soak', facts, rules)).toBe(said);
  });

  test('says when it is over, and holds its word', () => {
    const facts = since(HOUR_MS);
    const { askAgainAtMs } = ask('soak', facts);
    expect(askAgainAtMs).toBe(NOW_MS + 23 * HOUR_MS);
    expect(say('soak', facts, {}, askAgainAtMs ?? 0)).toBe('allow SOAK_LONG_ENOUGH');
    expect(say('soak', facts, {}, (askAgainAtMs ?? 0) - 1)).toBe('defer SOAK_RUNNING');
  });
});

describe('A65 cycles', () => {
  const went = (...counts: readonly number[]) =>
    source({ pipelines: counts.map((successesInARow, at) => ({ pipeline: `p${at}`, successesInARow })) });
  test.each([
    ['one is not enough', went(1), {}, 'defer CYCLES_MISSING'],
    ['two are', went(2), {}, 'allow CYCLES_COMPLETE'],
    ['every pipeline counts', went(7, 1), {}, 'defer CYCLES_MISSING'],
    ['another policy', went(1), { cycles: 1 }, 'allow CYCLES_COMPLETE'],
    ['none wanted', went(0), { cycles: 0 }, 'allow CYCLES_NOT_WANTED'],
    [
      'replaced before',
      source({ endedAtMs: NOW_MS, pipelines: [{ pipeline: 'p', successesInARow: 1 }] }),
      {},
      'deny CYCLES_ENDED',
    ],
    ['no environment before', { source: known(null) }, {}, 'deny ORDER_SKIPPED'],
    ['unreachable', { source: { isKnown: false, why: 'away' } as const }, {}, 'defer EVIDENCE_UNREACHABLE'],
  ])('%s', (_, facts, rules, said) => {
    expect(say('cycles', facts, rules)).toBe(said);
  });
});

describe('A68 sign-offs', () => {
  const one = { signOffs: { engineer: 1 } };
  test.each([
    ['given', signOffs({}), one, 'allow SIGN_OFFS_GIVEN'],
    ['missing', signOffs(), one, 'defer SIGN_OFFS_MISSING'],
    ['by another role', signOffs({ role: 'business' }), one, 'defer SIGN_OFFS_MISSING'],
    ['of the author', signOffs({ person: 'anna' }), one, 'defer SIGN_OFFS_MISSING'],
    ['of who asked for the promotion', signOffs({ person: 'rita' }), one, 'defer SIGN_OFFS_MISSING'],
    ['of another release', signOffs({ releaseId: 'b'.repeat(64) }), one, 'defer SIGN_OFFS_MISSING'],
    ['for another environment', signOffs({ environment: 'qa' }), one, 'defer SIGN_OFFS_MISSING'],
    ['a minute before it expires', signOffs({ expiresAtMs: NOW_MS + MINUTE_MS }), one, 'allow SIGN_OFFS_GIVEN'],
    ['a millisecond before it expires', signOffs({ expiresAtMs: NOW_MS + 1 }), one, 'allow SIGN_OFFS_GIVEN'],
    ['when it expires', signOffs({ expiresAtMs: NOW_MS }), one, 'defer SIGN_OFFS_MISSING'],
    ['a minute after it expired', signOffs({ expiresAtMs: NOW_MS - MINUTE_MS }), one, 'defer SIGN_OFFS_MISSING'],
    ['refused by anybody', signOffs({}, { person: 'bo', decision: 'refused' }), one, 'deny SIGN_OFF_REFUSED'],
    ['refused long ago', signOffs({}, { decision: 'refused', expiresAtMs: 0 }), one, 'deny SIGN_OFF_REFUSED'],
    ['refused where none is wanted', signOffs({ decision: 'refused' }), { signOffs: {} }, 'deny SIGN_OFF_REFUSED'],
    ['none wanted', signOffs(), { signOffs: {} }, 'allow SIGN_OFFS_NOT_WANTED'],
    ['a quorum that is short', signOffs({}), { signOffs: { engineer: 2 } }, 'defer SIGN_OFFS_MISSING'],
    ['one person twice', signOffs({}, {}), { signOffs: { engineer: 2 } }, 'defer SIGN_OFFS_MISSING'],
    ['a quorum', signOffs({}, { person: 'eva' }), { signOffs: { engineer: 2 } }, 'allow SIGN_OFFS_GIVEN'],
    [
      'of somebody whose access was revoked since',
      signOffs({ accessRevokedAtMs: NOW_MS }),
      one,
      'defer SIGN_OFFS_MISSING',
    ],
    [
      'of another one besides',
      signOffs({ accessRevokedAtMs: NOW_MS }, { person: 'eva' }),
      one,
      'allow SIGN_OFFS_GIVEN',
    ],
    [
      'refused by somebody who has left since',
      signOffs({}, { person: 'bo', decision: 'refused', accessRevokedAtMs: NOW_MS }),
      one,
      'deny SIGN_OFF_REFUSED',
    ],
    ['unreachable', { signOffs: { isKnown: false, why: 'away' } as const }, one, 'defer EVIDENCE_UNREACHABLE'],
  ])('%s', (_, facts, rules, said) => {
    expect(say('sign-offs', facts, rules)).toBe(said);
  });

  test('say whose word counts no more, and since when', () => {
    const gone = { person: 'eva', accessRevokedAtMs: NOW_MS };
    const accessRevoked = { eva: '2026-06-16T10:00:00.000Z' };
    const say = (...given: readonly Partial<SignOff>[]) => ask('sign-offs', signOffs(...given), one).evidence;
    expect(say(gone)).toEqual({ given: { engineer: [] }, missing: { engineer: 1 }, accessRevoked });
    expect(say({}, gone)).toEqual({ given: { engineer: ['erin'] }, accessRevoked });
    expect(say({ ...gone, decision: 'refused' })).toMatchObject({ by: 'eva', accessRevokedAt: accessRevoked.eva });
  });

  test('say who is missing', () => {
    const { evidence } = ask('sign-offs', signOffs({}));
    expect(evidence).toMatchObject({ missing: { business: 1, 'release-manager': 1 }, given: { engineer: ['erin'] } });
  });
});

test.each([
  ['A86 a plan that is written down', 'Back to v1.3.2.', true, 'allow ROLLBACK_PLAN_PRESENT'],
  ['A86 none', null, true, 'deny ROLLBACK_PLAN_MISSING'],
  ['A86 blanks are none', ' \n', true, 'deny ROLLBACK_PLAN_MISSING'],
  ['A86 none where none is wanted', null, false, 'allow ROLLBACK_PLAN_NOT_WANTED'],
])('%s', (_, rollbackPlan, needsRollbackPlan, said) => {
  expect(say('rollback-plan', { rollbackPlan }, { needsRollbackPlan })).toBe(said);
});

describe('A69 freeze', () => {
  const atMs = Date.parse('2026-12-22T10:00:00Z');
  test('the calendar closes, and the answer says when it opens', () => {
    const verdict = ask('freeze', {}, {}, atMs);
    expect(verdict).toMatchObject({ decision: 'defer', code: 'CALENDAR_FROZEN' });
    expect(verdict.askAgainAtMs).toBe(Date.parse('2027-01-06T00:00:00Z'));
    expect(say('freeze', {}, {}, verdict.askAgainAtMs ?? 0)).toBe('allow CALENDAR_OPEN');
  });

  test('what people declare closes without a calendar, too', () => {
    const freezes = known([{ reason: 'incident', startsAtMs: NOW_MS, endsAtMs: null }]);
    const verdict = ask('freeze', { freezes }, { freeze: null });
    expect(verdict).toMatchObject({ decision: 'defer', code: 'CALENDAR_FROZEN', askAgainAtMs: null });
    expect(say('freeze', { freezes }, { freeze: null }, NOW_MS - 1)).toBe('allow CALENDAR_OPEN');
  });

  test.each([
    ['a minute before it begins', -MINUTE_MS, 'allow CALENDAR_OPEN'],
    ['a millisecond before', -1, 'allow CALENDAR_OPEN'],
    ['when it begins', 0, 'defer CALENDAR_FROZEN'],
    ['a minute before it ends', HOUR_MS - MINUTE_MS, 'defer CALENDAR_FROZEN'],
    ['a millisecond before it ends', HOUR_MS - 1, 'defer CALENDAR_FROZEN'],
    ['when it ends', HOUR_MS, 'allow CALENDAR_OPEN'],
    ['a minute after it ended', HOUR_MS + MINUTE_MS, 'allow CALENDAR_OPEN'],
  ])('of an hour that somebody declared, %s', (_, sinceMs, said) => {
    const freezes = known([{ reason: 'incident', startsAtMs: NOW_MS, endsAtMs: NOW_MS + HOUR_MS }]);
    expect(say('freeze', { freezes }, {}, NOW_MS + sinceMs)).toBe(said);
  });

  test.each([
    ['a minute before the year end begins', '2026-12-19T23:59:00Z', 'allow CALENDAR_OPEN'],
    ['when it begins', '2026-12-20T00:00:00Z', 'defer CALENDAR_FROZEN'],
    ['across the year', '2027-01-01T00:00:00Z', 'defer CALENDAR_FROZEN'],
    ['a minute before it ends', '2027-01-05T23:59:00Z', 'defer CALENDAR_FROZEN'],
    ['when it has ended', '2027-01-06T00:00:00Z', 'allow CALENDAR_OPEN'],
    // June 2026 ends on a Tuesday: its last three business days begin on Friday 26.
    ['a minute before the month end begins', '2026-06-25T23:59:00Z', 'allow CALENDAR_OPEN'],
    ['when the month end begins', '2026-06-26T00:00:00Z', 'defer CALENDAR_FROZEN'],
    ['a minute before the month is over', '2026-06-30T23:59:00Z', 'defer CALENDAR_FROZEN'],
    ['when the month is over', '2026-07-01T00:00:00Z', 'allow CALENDAR_OPEN'],
  ])('as shipped, %s', (_, now, said) => {
    expect(say('freeze', {}, {}, Date.parse(now))).toBe(said);
  });

  test('holidays that nobody knows are red', () => {
    const verdict = ask('freeze', { holidays: { isKnown: false, why: 'No bank holidays are known of XX.' } });
    expect(verdict).toMatchObject({ decision: 'defer', code: 'EVIDENCE_UNREACHABLE' });
    expect(verdict.askAgainAtMs).toBeGreaterThan(NOW_MS);
  });
});

describe('a promotion that was asked for a later time', () => {
  test.each([
    ['a minute before it', -MINUTE_MS, 'defer START_LATER'],
    ['a millisecond before it', -1, 'defer START_LATER'],
    ['at it', 0, 'allow START_REACHED'],
    ['a minute after it', MINUTE_MS, 'allow START_REACHED'],
  ])('%s', (_, sinceMs, said) => {
    expect(say('not-before', { notBeforeMs: NOW_MS }, {}, NOW_MS + sinceMs)).toBe(said);
  });

  test('is asked again then; one that was not asked for any time begins at once', () => {
    const notBeforeMs = NOW_MS + MINUTE_MS;
    expect(ask('not-before', { notBeforeMs })).toMatchObject({ decision: 'defer', askAgainAtMs: notBeforeMs });
    expect(say('not-before')).toBe('allow START_NOT_LIMITED');
  });
});

describe('gates together', () => {
  const arbVerdict = fc.record({
    gate: fc.constantFrom(...GATES),
    decision: fc.constantFrom('allow', 'defer', 'deny'),
    code: fc.constant('EVIDENCE_UNREACHABLE'),
    evidence: fc.constant({}),
    askAgainAtMs: fc.option(fc.integer({ min: 0, max: 1000 })),
  }) as fc.Arbitrary<Verdict>;

  test('deny wins over defer, defer over allow', () => {
    fc.assert(
      fc.property(fc.array(arbVerdict), (verdicts) => {
        const said = new Set(verdicts.map(({ decision }) => decision));
        const { decision } = combineVerdicts(verdicts);
        expect(decision).toBe(said.has('deny') ? 'deny' : said.has('defer') ? 'defer' : 'allow');
      }),
    );
  });

  test('their order is irrelevant', () => {
    const shuffled = fc
      .array(arbVerdict, { maxLength: 8 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const { verdicts: _, ...one } = combineVerdicts(all);
        expect(combineVerdicts(other)).toMatchObject(one);
      }),
    );
  });

  test('are asked again when the last of them may open, if time alone can open them all', () => {
    const later = (askAgainAtMs: number | null): Verdict => ({ ...ask('soak'), decision: 'defer', askAgainAtMs });
    expect(combineVerdicts([later(5), later(9), ask('order')]).askAgainAtMs).toBe(9);
    expect(combineVerdicts([later(5), later(null)]).askAgainAtMs).toBeNull();
    expect(combineVerdicts([ask('order')]).askAgainAtMs).toBeNull();
  });
});

describe('evidence that only improves', () => {
  const arbSignOff = fc.record({
    releaseId: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
    environment: fc.constantFrom('prod', 'qa'),
    role: fc.constantFrom('engineer', 'business', 'release-manager'),
    person: fc.constantFrom('erin', 'bo', 'rob', 'anna', 'rita'),
    decision: fc.constant('approved' as const),
    givenAtMs: fc.constant(NOW_MS - HOUR_MS),
    expiresAtMs: fc.integer({ min: NOW_MS - 10, max: NOW_MS + 10 }),
    note: fc.constant(null),
  });
  const arbFacts = fc.record({
    soakHours: fc.integer({ min: 0, max: 72 }),
    counts: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
    signed: fc.array(arbSignOff, { maxLength: 6 }),
    rows: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
    isRehearsed: fc.boolean(),
    lacking: fc.subarray(['variables.A', 'targets.b']),
    unset: fc.subarray(['variables.C', 'variables.D']),
    isTold: fc.boolean(),
  });

  interface Drawn {
    readonly soakHours: number;
    readonly counts: readonly number[];
    readonly signed: readonly SignOff[];
    readonly rows: readonly number[];
    readonly isRehearsed: boolean;
    readonly lacking: readonly string[];
    readonly unset: readonly string[];
    /** Whether declarations could be read at all. */
    readonly isTold: boolean;
  }
  const judge = ({ soakHours, counts, signed, rows, isRehearsed, lacking, unset, isTold }: Drawn) =>
    judgePromotion(
      {
        facts: buildFacts({
          ...source({
            startedAtMs: NOW_MS - soakHours * HOUR_MS,
            pipelines: counts.map((successesInARow, at) => ({ pipeline: `p${at}`, successesInARow })),
            quarantine: [{ pipeline: 'p0', since: rows, before: [3] }],
            rehearsedAtMs: isRehearsed ? NOW_MS : null,
          }),
          signOffs: known(signed),
          parity: isTold ? known(buildParity({ lacking, unset })) : { isKnown: false, why: 'away' },
        }),
        rules: buildRules({ needsRehearsal: true }),
      },
      NOW_MS,
    ).decision;

  const RANK = { deny: 0, defer: 1, allow: 2 };

  test('never makes a verdict worse', () => {
    const more = fc.record({
      hours: fc.integer({ min: 0, max: 48 }),
      runs: fc.integer({ min: 0, max: 3 }),
      signed: fc.array(arbSignOff, { maxLength: 3 }),
      fewer: fc.integer({ min: 0, max: 3 }),
      isRehearsed: fc.boolean(),
      declared: fc.subarray(['variables.A', 'targets.b']),
      given: fc.subarray(['variables.C', 'variables.D']),
    });
    fc.assert(
      fc.property(arbFacts, more, (facts, added) => {
        const better = {
          soakHours: facts.soakHours + added.hours,
          counts: facts.counts.map((count) => count + added.runs),
          signed: [...facts.signed, ...added.signed],
          rows: facts.rows.map((count) => Math.max(0, count - added.fewer)),
          isRehearsed: facts.isRehearsed || added.isRehearsed,
          lacking: facts.lacking.filter((subject) => !added.declared.includes(subject)),
          unset: facts.unset.filter((subject) => !added.given.includes(subject)),
          isTold: facts.isTold,
        };
        expect(RANK[judge(better)]).toBeGreaterThanOrEqual(RANK[judge(facts)]);
      }),
    );
  });

  test('a stricter policy never lets through what a milder one does not', () => {
    const rules = fc.record({ soakHours: fc.integer({ min: 0, max: 72 }), cycles: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(rules, rules, (mild, added) => {
        const strict = { soakHours: mild.soakHours + added.soakHours, cycles: mild.cycles + added.cycles };
        const say = (some: Partial<PromotionRules>) =>
          judgePromotion({ facts: buildFacts(), rules: buildRules(some) }, NOW_MS).decision;
        expect(RANK[say(strict)]).toBeLessThanOrEqual(RANK[say(mild)]);
      }),
    );
  });
});
