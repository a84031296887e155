// A67: what each gate says about evidence of outside services, at its edges; then what holds whatever they say.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChangeRecord, CommitCheck } from '../evidence/evidence.ts';
import type { EvidenceFacts } from '../evidence/evidence-facts.ts';
import type { EvidenceRules } from '../evidence/evidence-rules.ts';
import { SHIPPED_RULES } from '../promotion/policy.ts';
import { judgePromotion } from './judge-promotion.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { ALL_EVIDENCE, buildChange, buildEvidence, buildIncident, said, silent } from './testing/build-evidence.ts';
import { buildFacts, buildRules, buildSource, known, NOW_MS } from './testing/build-facts.ts';
import type { GateName } from './verdict.ts';

interface Case {
  readonly evidence?: Partial<EvidenceFacts>;
  readonly facts?: Partial<PromotionFacts>;
  readonly rules?: Partial<EvidenceRules>;
  readonly nowMs?: number;
}

function ask(gate: GateName, { evidence, facts, rules, nowMs = NOW_MS }: Case = {}) {
  const all = buildFacts({ changeRecord: 'CHG1', evidence: buildEvidence(evidence), ...facts });
  const judged = judgePromotion({ facts: all, rules: buildRules({ ...ALL_EVIDENCE, ...rules }), gates: [gate] }, nowMs);
  const [verdict] = judged.verdicts;
  if (!verdict) throw new Error('the gate said nothing');
  return verdict;
}

const say = (gate: GateName, one: Case = {}) => {
  const { decision, code } = ask(gate, one);
  return `${decision} ${code}`;
};

const at = (time: string) => ({ nowMs: Date.parse(`2026-06-16T${time}Z`) });
const change = (overrides: Partial<ChangeRecord>) => ({ evidence: { change: said(buildChange(overrides)) } });
const AWAY = { isKnown: false, why: 'away' } as const;

test('A67 shipped: production compares its own runs, and asks no service', () => {
  const { change: record, incidents, performance, checks, confirmations } = SHIPPED_RULES.production;
  expect([record, incidents, checks, confirmations, performance?.metrics]).toEqual([null, null, null, [], []]);
  expect(SHIPPED_RULES.shared.performance).toBeNull();
});

describe('A67 change', () => {
  test.each<[string, Case, string]>([
    ['approved, in its window', {}, 'allow CHANGE_APPROVED'],
    ['none wanted', { rules: { change: null }, facts: { changeRecord: null } }, 'allow CHANGE_NOT_WANTED'],
    ['none named', { facts: { changeRecord: null } }, 'deny CHANGE_MISSING'],
    ['one that nobody knows', { evidence: { change: said(null) } }, 'defer CHANGE_UNKNOWN'],
    ['not approved', change({ approval: 'waiting' }), 'defer CHANGE_NOT_APPROVED'],
    ['rejected', change({ approval: 'rejected' }), 'deny CHANGE_REJECTED'],
    ['closed', change({ states: ['3', 'Closed'] }), 'defer CHANGE_STATE_WRONG'],
    [
      'in a state by its number',
      { ...change({ states: ['-2'] }), rules: { change: { source: 's', states: ['-2'] } } },
      'allow CHANGE_APPROVED',
    ],
    ['in a state however it is written', change({ states: [' SCHEDULED'] }), 'allow CHANGE_APPROVED'],
    ['in no state', change({ states: [] }), 'defer CHANGE_STATE_WRONG'],
    ['a minute before its window', at('08:59:00'), 'defer CHANGE_WINDOW_LATER'],
    ['a millisecond before', at('08:59:59.999'), 'defer CHANGE_WINDOW_LATER'],
    ['when its window begins', at('09:00:00'), 'allow CHANGE_APPROVED'],
    ['a minute before its end', at('10:59:00'), 'allow CHANGE_APPROVED'],
    ['a millisecond before its end', at('10:59:59.999'), 'allow CHANGE_APPROVED'],
    ['when its window ends', at('11:00:00'), 'defer CHANGE_WINDOW_OVER'],
    ['without a window', change({ startsAt: null, endsAt: null }), 'allow CHANGE_APPROVED'],
    ['with a start only', { ...change({ endsAt: null }), ...at('23:00:00') }, 'allow CHANGE_APPROVED'],
    ['with an end only', { ...change({ startsAt: null }), ...at('11:00:00') }, 'defer CHANGE_WINDOW_OVER'],
    ['unreachable', { evidence: { change: silent() } }, 'defer EVIDENCE_UNREACHABLE'],
    ['not declared', { evidence: { change: silent(false) } }, 'defer EVIDENCE_NOT_CONFIGURED'],
    ['not asked for', { evidence: { change: null } }, 'defer CHANGE_UNKNOWN'],
  ])('%s', (_, one, expected) => {
    expect(say('change', one)).toBe(expected);
  });

  test('says when its window begins, and holds its word', () => {
    const { askAgainAtMs } = ask('change', at('08:00:00'));
    expect(askAgainAtMs).toBe(Date.parse('2026-06-16T09:00:00Z'));
    expect(say('change', { nowMs: askAgainAtMs ?? 0 })).toBe('allow CHANGE_APPROVED');
  });

  test('is asked again when it could not be found out', () => {
    expect(ask('change', { evidence: { change: silent() } }).askAgainAtMs).toBeGreaterThan(NOW_MS);
  });
});

describe('A67 incidents', () => {
  const open = (...priorities: readonly (number | null)[]) => ({
    evidence: { incidents: [said(priorities.map(buildIncident))] },
  });
  test.each<[string, Case, string]>([
    ['none', {}, 'allow INCIDENTS_NONE'],
    ['one of the worst', open(1), 'defer INCIDENTS_OPEN'],
    ['one of the next', open(2), 'defer INCIDENTS_OPEN'],
    ['one that does not matter', open(3), 'allow INCIDENTS_NONE'],
    ['one whose priority nobody says', open(null), 'defer INCIDENTS_OPEN'],
    [
      'other priorities',
      { ...open(3), rules: { incidents: { sources: ['s'], priorities: [3] } } },
      'defer INCIDENTS_OPEN',
    ],
    ['none asked for', { ...open(1), rules: { incidents: null } }, 'allow INCIDENTS_NOT_WANTED'],
    ['one source is silent', { evidence: { incidents: [said([]), silent()] } }, 'defer EVIDENCE_UNREACHABLE'],
    [
      'one is silent, another knows one',
      { evidence: { incidents: [silent(), said([buildIncident(1)])] } },
      'defer INCIDENTS_OPEN',
    ],
    ['one is not declared', { evidence: { incidents: [silent(), silent(false)] } }, 'defer EVIDENCE_NOT_CONFIGURED'],
  ])('%s', (_, one, expected) => {
    expect(say('incidents', one)).toBe(expected);
  });
});

describe('A67 A92 performance', () => {
  const runs = (beforeMs: number | null, afterMs: number | null, pipeline = 'daily') => ({
    ...{ pipeline, beforeMs, afterMs },
    ...{ beforeRuns: beforeMs === null ? 0 : 5, afterRuns: afterMs === null ? 0 : 5 },
  });
  const took = (...all: readonly ReturnType<typeof runs>[]) => ({ facts: { durations: known(all) } });
  const metric = (before: number | null, after: number | null) => ({
    evidence: { metrics: [said({ selector: 'm', before, after })] },
  });
  const ended = { source: known(buildSource({ endedAtMs: NOW_MS })) };
  const MINUTES = 60_000;
  test.each<[string, Case, string]>([
    ['as before', took(runs(10 * MINUTES, 10 * MINUTES)), 'allow PERFORMANCE_STABLE'],
    ['half as long again, to the millisecond', took(runs(10 * MINUTES, 15 * MINUTES)), 'allow PERFORMANCE_STABLE'],
    ['a millisecond more', took(runs(10 * MINUTES, 15 * MINUTES + 1)), 'defer PERFORMANCE_WORSE'],
    ['short ones have their grace', took(runs(1000, 61_000)), 'allow PERFORMANCE_STABLE'],
    ['and no more', took(runs(1000, 61_001)), 'defer PERFORMANCE_WORSE'],
    ['faster', took(runs(10 * MINUTES, 1)), 'allow PERFORMANCE_STABLE'],
    ['every pipeline counts', took(runs(1, 1, 'a'), runs(MINUTES, 9 * MINUTES, 'b')), 'defer PERFORMANCE_WORSE'],
    ['no run since', took(runs(MINUTES, null)), 'defer PERFORMANCE_MISSING'],
    [
      'a new pipeline has nothing before',
      { ...took(runs(null, MINUTES)), evidence: { metrics: [] } },
      'allow PERFORMANCE_NOT_COMPARED',
    ],
    [
      'worse, and the release was replaced',
      { facts: { ...took(runs(1, 1e9)).facts, ...ended } },
      'deny PERFORMANCE_WORSE',
    ],
    [
      'no run, and the release was replaced',
      { facts: { ...took(runs(1, null)).facts, ...ended } },
      'deny PERFORMANCE_MISSING',
    ],
    ['no environment before', { facts: { source: known(null) } }, 'allow PERFORMANCE_NOT_COMPARED'],
    ['never deployed', { facts: { source: known({ environment: 'int', deployment: null }) } }, 'deny ORDER_SKIPPED'],
    ['unreachable history', { facts: { durations: AWAY } }, 'defer EVIDENCE_UNREACHABLE'],
    ['unreachable environment', { facts: { source: AWAY } }, 'defer EVIDENCE_UNREACHABLE'],
    ['none wanted', { ...took(runs(1, 1e9)), rules: { performance: null } }, 'allow PERFORMANCE_NOT_WANTED'],
    ['a metric at its tolerance', metric(100, 150), 'allow PERFORMANCE_STABLE'],
    ['a metric beyond', metric(100, 150.01), 'defer PERFORMANCE_WORSE'],
    ['a metric of nothing, and now something', metric(0, 1), 'defer PERFORMANCE_WORSE'],
    ['a metric without values before', metric(null, 1), 'defer METRICS_MISSING'],
    ['a metric without values after', metric(1, null), 'defer METRICS_MISSING'],
    ['a silent source of metrics', { evidence: { metrics: [silent()] } }, 'defer EVIDENCE_UNREACHABLE'],
    ['a metric that is not declared', { evidence: { metrics: [silent(false)] } }, 'defer EVIDENCE_NOT_CONFIGURED'],
  ])('%s', (_, one, expected) => {
    expect(say('performance', one)).toBe(expected);
  });

  test('says how it compares', () => {
    expect(ask('performance', took(runs(10_000, 12_000))).evidence).toMatchObject({
      before: 'int',
      method: 'median seconds of the last 5 runs',
      pipelines: [{ pipeline: 'daily', before: 10, after: 12, runs: [5, 5] }],
    });
  });
});

describe('A67 checks', () => {
  const checks = (...all: readonly CommitCheck['state'][]) => ({
    evidence: { checks: said(all.map((state, index) => ({ name: index === 0 ? 'build' : `c${index}`, state }))) },
  });
  const any = { rules: { checks: { source: 's', names: [], needsRelease: false } } };
  test.each<[string, Case, string]>([
    ['passed', {}, 'allow CHECKS_PASSED'],
    ['failed', checks('failed'), 'defer CHECKS_FAILED'],
    ['running', checks('running'), 'defer CHECKS_RUNNING'],
    ['none', checks(), 'defer CHECKS_MISSING'],
    ['another one failed, which does not count', checks('passed', 'failed'), 'allow CHECKS_PASSED'],
    ['another one failed, and all count', { ...checks('passed', 'failed'), ...any }, 'defer CHECKS_FAILED'],
    ['none, and all count', { ...checks(), ...any }, 'defer CHECKS_MISSING'],
    [
      'the wanted one is not there',
      { evidence: { checks: said([{ name: 'lint', state: 'passed' as const }]) } },
      'defer CHECKS_MISSING',
    ],
    ['its release is a draft', { evidence: { release: said('draft' as const) } }, 'defer RELEASE_NOT_PUBLISHED'],
    ['its release is missing', { evidence: { release: said('missing' as const) } }, 'defer RELEASE_NOT_PUBLISHED'],
    ['unreachable', { evidence: { checks: silent() } }, 'defer EVIDENCE_UNREACHABLE'],
    ['its release is unreachable', { evidence: { release: silent() } }, 'defer EVIDENCE_UNREACHABLE'],
    ['not declared', { evidence: { checks: silent(false) } }, 'defer EVIDENCE_NOT_CONFIGURED'],
    ['none wanted', { ...checks('failed'), rules: { checks: null } }, 'allow CHECKS_NOT_WANTED'],
  ])('%s', (_, one, expected) => {
    expect(say('checks', one)).toBe(expected);
  });
});

describe('A67 confirmations', () => {
  const no = said({ holds: false, seen: null, wanted: 'rita' }, 'on-call');
  const yes = said({ holds: true, seen: 'rita', wanted: 'rita' }, 'manager');
  test.each<[string, Case, string]>([
    ['given', {}, 'allow CONFIRMATIONS_GIVEN'],
    ['one is missing', { evidence: { confirmations: [yes, no] } }, 'defer CONFIRMATION_MISSING'],
    ['one is silent', { evidence: { confirmations: [yes, silent()] } }, 'defer EVIDENCE_UNREACHABLE'],
    ['one is not declared', { evidence: { confirmations: [silent(false)] } }, 'defer EVIDENCE_NOT_CONFIGURED'],
    [
      'none wanted',
      { evidence: { confirmations: [no] }, rules: { confirmations: [] } },
      'allow CONFIRMATIONS_NOT_WANTED',
    ],
  ])('%s', (_, one, expected) => {
    expect(say('confirmations', one)).toBe(expected);
  });
});

describe('A67 evidence that only improves', () => {
  const RANK = { deny: 0, defer: 1, allow: 2 };
  const GATES = ['change', 'incidents', 'performance', 'checks', 'confirmations'] as const;

  /** How good each thing is, from 0; what is better is never worse for a gate. */
  const arbQuality = fc.record({
    source: fc.integer({ min: 0, max: 2 }),
    approval: fc.integer({ min: 0, max: 2 }),
    isRightState: fc.boolean(),
    incidents: fc.integer({ min: 0, max: 3 }),
    afterMs: fc.integer({ min: 0, max: 400_000 }),
    metric: fc.integer({ min: 0, max: 400 }),
    check: fc.integer({ min: 0, max: 2 }),
    release: fc.integer({ min: 0, max: 2 }),
    holds: fc.boolean(),
  });
  type Quality = typeof arbQuality extends fc.Arbitrary<infer T> ? T : never;

  const judge = (one: Quality) => {
    const tell = <T>(value: T) => (one.source === 0 ? silent(false) : one.source === 1 ? silent() : said(value));
    const evidence: EvidenceFacts = {
      change: tell(
        buildChange({
          approval: (['rejected', 'waiting', 'approved'] as const)[one.approval] ?? 'rejected',
          states: [one.isRightState ? 'Implement' : 'Closed'],
        }),
      ),
      incidents: [tell(Array.from({ length: one.incidents }, () => buildIncident(1)))],
      metrics: [tell({ selector: 'm', before: 100, after: one.metric })],
      checks: tell([{ name: 'build', state: (['failed', 'running', 'passed'] as const)[one.check] ?? 'failed' }]),
      release: tell((['missing', 'draft', 'published'] as const)[one.release] ?? 'missing'),
      confirmations: [tell({ holds: one.holds, seen: null, wanted: null })],
    };
    const durations = known([
      { pipeline: 'daily', beforeMs: 100_000, afterMs: one.afterMs, beforeRuns: 5, afterRuns: 5 },
    ]);
    const facts = buildFacts({ changeRecord: 'CHG1', evidence, durations });
    return judgePromotion({ facts, rules: buildRules(ALL_EVIDENCE), gates: GATES }, NOW_MS).decision;
  };

  // A record that turns out to be rejected was no better when nobody could say so; all else is ordered.
  const improve = (one: Quality, by: Quality): Quality => ({
    source: one.approval === 0 ? one.source : Math.max(one.source, by.source),
    approval: Math.max(one.approval, by.approval),
    isRightState: one.isRightState || by.isRightState,
    incidents: Math.min(one.incidents, by.incidents),
    afterMs: Math.min(one.afterMs, by.afterMs),
    metric: Math.min(one.metric, by.metric),
    check: Math.max(one.check, by.check),
    release: Math.max(one.release, by.release),
    holds: one.holds || by.holds,
  });

  test('never makes a verdict worse', () => {
    fc.assert(
      fc.property(arbQuality, arbQuality, (one, by) => {
        expect(RANK[judge(improve(one, by))]).toBeGreaterThanOrEqual(RANK[judge(one)]);
      }),
      { numRuns: 1000 },
    );
  });

  test('a source that is not known never lets through', () => {
    fc.assert(
      fc.property(arbQuality, fc.integer({ min: 0, max: 1 }), (one, source) => {
        expect(judge({ ...one, source })).not.toBe('allow');
      }),
    );
  });

  test('a stricter policy never lets through what a milder one does not', () => {
    const arbRules = fc.record({
      tolerance: fc.double({ min: 1, max: 4, noNaN: true }),
      graceSeconds: fc.integer({ min: 0, max: 300 }),
    });
    const arbMs = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(arbRules, arbRules, fc.tuple(arbMs, arbMs), (mild, other, [beforeMs, afterMs]) => {
        const strict = {
          tolerance: Math.min(mild.tolerance, other.tolerance),
          graceSeconds: Math.min(mild.graceSeconds, other.graceSeconds),
        };
        const decide = (rules: typeof mild) => {
          const durations = known([{ pipeline: 'p', beforeMs, afterMs, beforeRuns: 1, afterRuns: 1 }]);
          const performance = { runs: 5, metrics: [], ...rules };
          return ask('performance', { facts: { durations }, evidence: { metrics: [] }, rules: { performance } })
            .decision;
        };
        expect(RANK[decide(strict)]).toBeLessThanOrEqual(RANK[decide(mild)]);
      }),
    );
  });
});
