// A policy's examples say in a few words what the gates judge; replayed judgements say what another policy changes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePromotion } from '../gates/judge-promotion.ts';
import { buildFacts, buildRules, known, NOW_MS } from '../gates/testing/build-facts.ts';
import { GATES } from '../gates/verdict.ts';
import { listPolicyProblems } from './list-policy-problems.ts';
import { SHIPPED_POLICY, SHIPPED_RULES } from './policy.ts';
import { type ExampleFacts, judgeExample, type PolicyExample } from './policy-example.ts';
import { replayJudgement } from './replay-judgement.ts';

const good: ExampleFacts = {
  soakedHours: 24,
  cycles: { daily: 2 },
  quarantined: { daily: { since: [1], before: [1] } },
  signOffs: [
    { role: 'engineer', person: 'erin' },
    { role: 'business', person: 'bo' },
    { role: 'release-manager', person: 'rob' },
  ],
  rollbackPlan: 'back',
};
const example = (facts: ExampleFacts, expect: PolicyExample['expect'], at = '2026-06-16T10:00:00Z'): PolicyExample => ({
  ...{ name: 'an example', environment: { name: 'prod', kind: 'production' }, at, facts, expect },
});
const red = (facts: ExampleFacts, at?: string) => {
  const { judgement } = judgeExample(SHIPPED_POLICY, example(facts, { decision: 'allow' }, at));
  return judgement.verdicts.filter(({ decision }) => decision !== 'allow').map(({ gate, code }) => `${gate} ${code}`);
};

describe('an example', () => {
  const freezes = [{ reason: 'incident', startsAt: '2026-06-16T09:00:00Z', endsAt: '2026-06-16T10:00:01Z' }];
  const approved = [...(good.signOffs ?? []), { role: 'vp', person: 'vera' }, { role: 'on-call', person: 'otto' }];
  const emergency = { reason: 'trades are lost' };
  test.each<[string, ExampleFacts, readonly string[]]>([
    ['all is good', good, []],
    [
      'nothing is',
      {},
      [
        'order ORDER_SKIPPED',
        'soak ORDER_SKIPPED',
        'cycles ORDER_SKIPPED',
        'quarantine ORDER_SKIPPED',
        'performance ORDER_SKIPPED',
        'sign-offs SIGN_OFFS_MISSING',
        'rollback-plan ROLLBACK_PLAN_MISSING',
      ],
    ],
    [
      'it got much slower',
      { ...good, durations: { daily: { beforeSeconds: 300, afterSeconds: 900 } } },
      ['performance PERFORMANCE_WORSE'],
    ],
    ['it soaked too short', { ...good, soakedHours: 23 }, ['soak SOAK_RUNNING']],
    ['it ran too seldom', { ...good, cycles: { daily: 1 } }, ['cycles CYCLES_MISSING']],
    [
      'it quarantines more',
      { ...good, quarantined: { daily: { since: [2], before: [1] } } },
      ['quarantine QUARANTINE_ABOVE'],
    ],
    [
      'somebody refuses',
      { ...good, signOffs: [{ role: 'business', person: 'bo', decision: 'refused' }] },
      ['sign-offs SIGN_OFF_REFUSED'],
    ],
    [
      'sign-offs are a week old',
      { ...good, signOffs: good.signOffs?.map((one) => ({ ...one, hoursAgo: 7 * 24 })) },
      ['sign-offs SIGN_OFFS_MISSING'],
    ],
    [
      'the author signs',
      { ...good, signOffs: good.signOffs?.map((one) => ({ ...one, person: 'author' })) },
      ['sign-offs SIGN_OFFS_MISSING'],
    ],
    [
      'who asked signs',
      { ...good, signOffs: good.signOffs?.map((one) => ({ ...one, person: 'initiator' })) },
      ['sign-offs SIGN_OFFS_MISSING'],
    ],
    ['somebody closed it', { ...good, freezes }, ['freeze CALENDAR_FROZEN']],
    [
      'a freeze without an end',
      { ...good, freezes: [{ reason: 'x', startsAt: '2026-06-16T09:00:00Z' }] },
      ['freeze CALENDAR_FROZEN'],
    ],
    ['later', { ...good, notBefore: '2026-06-16T10:00:01Z' }, ['not-before START_LATER']],
    ['an emergency that nobody approved', { ...good, freezes, emergency }, ['emergency EMERGENCY_UNAPPROVED']],
    ['one that is approved', { soakedHours: 0, rollbackPlan: 'x', freezes, signOffs: approved, emergency }, []],
    [
      'one that is over',
      { ...good, signOffs: approved, emergency: { ...emergency, askedHoursAgo: 4 } },
      ['emergency EMERGENCY_EXPIRED'],
    ],
  ])('%s', (_, facts, said) => {
    expect(red(facts)).toEqual(said);
  });

  test('is judged at its moment, and looks no holidays up', () => {
    expect(red(good, '2026-12-20T00:00:00Z')).toEqual(['freeze CALENDAR_FROZEN']);
    expect(red({ ...good, holidays: [{ on: '2026-06-16', name: 'a day' }] })).toEqual(['freeze CALENDAR_FROZEN']);
  });

  test('comes out as it says, or does not', () => {
    const judge = (expect: PolicyExample['expect']) =>
      judgeExample(SHIPPED_POLICY, example({ ...good, soakedHours: 1 }, expect));
    expect(judge({ decision: 'defer' }).isAsExpected).toBe(true);
    expect(judge({ decision: 'defer', red: ['soak'] }).isAsExpected).toBe(true);
    expect(judge({ decision: 'defer', red: ['soak', 'cycles'] }).isAsExpected).toBe(false);
    expect(judge({ decision: 'defer', red: [] }).isAsExpected).toBe(false);
    expect(judge({ decision: 'deny' }).isAsExpected).toBe(false);
  });

  test('may be about the first environment, and about a rehearsal', () => {
    const policy = { ...SHIPPED_POLICY, kinds: { production: { needsRehearsal: true } } };
    const say = (facts: ExampleFacts) => judgeExample(policy, example(facts, { decision: 'allow' })).isAsExpected;
    expect([say({ ...good, isRehearsed: true }), say(good)]).toEqual([true, false]);
    const int: PolicyExample = {
      ...example({ isFirst: true }, { decision: 'allow' }),
      environment: { name: 'int', kind: 'shared' },
    };
    expect(judgeExample(SHIPPED_POLICY, int).isAsExpected).toBe(true);
  });
});

describe('a judgement that is replayed', () => {
  const facts = buildFacts();
  const judged = judgePromotion({ facts, rules: buildRules() }, NOW_MS);
  const past = { facts, atMs: NOW_MS, gates: GATES, verdicts: judged.verdicts };

  test('differs by what the other policy says at that moment', () => {
    expect(replayJudgement(past, buildRules({ soakHours: 49 }))).toMatchObject({
      ...{ was: 'allow', would: 'defer' },
      changed: [{ was: 'allow', verdict: { gate: 'soak', code: 'SOAK_RUNNING' } }],
    });
    expect(
      replayJudgement({ ...past, atMs: NOW_MS + 3600_000 }, buildRules({ soakHours: 49, signOffs: {} })),
    ).toBeUndefined();
    const unkept = { ...facts, source: { isKnown: false, why: 'not kept' } as const };
    expect(replayJudgement({ ...past, facts: unkept }, buildRules())?.would).toBe('defer');
    expect(replayJudgement({ ...past, verdicts: [{ gate: 'order', decision: 'deny' }] }, buildRules())).toMatchObject({
      was: 'deny',
      would: 'allow',
    });
  });

  test('never differs by the policy that judged it', () => {
    const rules = fc.record({
      soakHours: fc.nat({ max: 72 }),
      cycles: fc.nat({ max: 4 }),
      needsRehearsal: fc.boolean(),
    });
    fc.assert(
      fc.property(rules, fc.boolean(), (some, isSigned) => {
        const own = buildFacts(isSigned ? {} : { signOffs: known([]) });
        const { verdicts } = judgePromotion({ facts: own, rules: buildRules(some) }, NOW_MS);
        expect(replayJudgement({ facts: own, atMs: NOW_MS, gates: GATES, verdicts }, buildRules(some))).toBeUndefined();
      }),
    );
  });
});

test('a policy is told what its form does not show', () => {
  const windows = [{ days: ['mon' as const], from: '09:00', until: '10:00', timeZone: 'Mars/Olympus' }];
  const emergency = { skips: [], approvals: { vp: 0 }, expiresHours: 1 };
  expect(
    listPolicyProblems({
      ...SHIPPED_POLICY,
      kinds: { production: { windows } },
      environments: { prod: { emergency } },
    }),
  ).toEqual(['production: Mars/Olympus is no time zone.', 'prod: somebody must approve an emergency.']);
  expect(listPolicyProblems({ ...SHIPPED_POLICY, kinds: SHIPPED_RULES })).toEqual([]);
});
