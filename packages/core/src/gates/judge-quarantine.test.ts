// A66: more quarantined rows than before the release are red, and so is what nobody told.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuarantineRules } from '../promotion/policy.ts';
import type { PipelineQuarantine, SourceFacts } from './promotion-facts.ts';
import { askGate, sayGate } from './testing/ask-gate.ts';
import { buildSource, known, NOW_MS } from './testing/build-facts.ts';

const RULES: QuarantineRules = { method: 'max', runs: 5, mayExceedBy: 0, mustTell: [] };
const told = (...quarantine: readonly PipelineQuarantine[]) => ({ source: known(buildSource({ quarantine })) });
const daily = (since: readonly number[], before: readonly number[]) => told({ pipeline: 'daily', since, before });
const never = { source: known<SourceFacts>({ environment: 'int', deployment: null }) };

describe('A66 quarantined rows', () => {
  test.each([
    ['as many as before', daily([3], [3]), {}, 'allow QUARANTINE_NOT_ABOVE'],
    ['one more than before', daily([4], [3]), {}, 'defer QUARANTINE_ABOVE'],
    ['fewer', daily([0], [3]), {}, 'allow QUARANTINE_NOT_ABOVE'],
    ['no more than the threshold above', daily([5], [3]), { mayExceedBy: 2 }, 'allow QUARANTINE_NOT_ABOVE'],
    ['one more than the threshold above', daily([6], [3]), { mayExceedBy: 2 }, 'defer QUARANTINE_ABOVE'],
    ['the highest of the runs before counts', daily([9], [3, 9, 1]), {}, 'allow QUARANTINE_NOT_ABOVE'],
    ['and of those since', daily([3, 10], [3, 9, 1]), {}, 'defer QUARANTINE_ABOVE'],
    ['but of the last runs only, since', daily([3, 10], [3, 9]), { runs: 1 }, 'allow QUARANTINE_NOT_ABOVE'],
    ['and before', daily([4], [3, 9]), { runs: 1 }, 'defer QUARANTINE_ABOVE'],
    [
      'the median bears one that is out of line',
      daily([3, 90, 2], [3, 3, 1]),
      { method: 'median' },
      'allow QUARANTINE_NOT_ABOVE',
    ],
    [
      'the median of an even number is the lower one',
      daily([4], [3, 9]),
      { method: 'median' },
      'defer QUARANTINE_ABOVE',
    ],
    [
      'every pipeline counts',
      told({ pipeline: 'a', since: [0], before: [0] }, { pipeline: 'b', since: [1], before: [0] }),
      {},
      'defer QUARANTINE_ABOVE',
    ],
    ['without a baseline none may be', daily([1], []), {}, 'defer QUARANTINE_ABOVE'],
    ['without a baseline, and none are', daily([0], []), {}, 'allow QUARANTINE_NOT_ABOVE'],
    ['what told before must tell again', daily([], [0]), {}, 'defer QUARANTINE_UNTOLD'],
    ['what the policy names must tell', told(), { mustTell: ['daily'] }, 'defer QUARANTINE_UNTOLD'],
    ['what it names besides must, too', daily([0], [0]), { mustTell: ['hourly'] }, 'defer QUARANTINE_UNTOLD'],
    ['nobody ever told, and nobody must', told(), {}, 'allow QUARANTINE_NEVER_TOLD'],
    ['never deployed', never, {}, 'deny ORDER_SKIPPED'],
    ['no environment before', { source: known(null) }, {}, 'deny ORDER_SKIPPED'],
    ['nobody looked', { source: known(buildSource({ quarantine: null })) }, {}, 'defer EVIDENCE_UNREACHABLE'],
    ['unreachable', { source: { isKnown: false, why: 'away' } as const }, {}, 'defer EVIDENCE_UNREACHABLE'],
  ])('%s', (_, facts, some, said) => {
    expect(sayGate('quarantine', { facts, rules: { quarantine: { ...RULES, ...some } as QuarantineRules } })).toBe(
      said,
    );
  });

  test('do not matter where the policy says nothing of them', () => {
    expect(sayGate('quarantine', { facts: daily([9], [0]), rules: { quarantine: null } })).toBe(
      'allow QUARANTINE_NOT_WANTED',
    );
  });

  test('that no run can bring down any more end it', () => {
    const quarantine = [{ pipeline: 'daily', since: [4], before: [3] }];
    const source = known(buildSource({ quarantine, endedAtMs: NOW_MS }));
    expect(sayGate('quarantine', { facts: { source } })).toBe('deny QUARANTINE_ENDED');
  });

  test('are told with method, baseline and numbers', () => {
    expect(askGate('quarantine', { facts: daily([4, 1], [3, 2]), rules: { quarantine: RULES } }).evidence).toEqual({
      ...{ before: 'int', method: 'max', runs: 5, mayExceedBy: 0, rows: { daily: { since: 4, baseline: 3 } } },
    });
  });

  test('that are fewer never make it worse, nor does a milder threshold', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 });
    const method = fc.constantFrom<QuarantineRules['method']>('max', 'median');
    const rank = (since: readonly number[], before: readonly number[], some: Partial<QuarantineRules>) =>
      ['deny', 'defer', 'allow'].indexOf(
        askGate('quarantine', { facts: daily(since, before), rules: { quarantine: { ...RULES, ...some } } }).decision,
      );
    fc.assert(
      fc.property(
        counts,
        counts,
        method,
        fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })),
        (since, before, how, by) => {
          const [fewer, mayExceedBy] = by;
          const better = since.map((count) => Math.max(0, count - fewer));
          expect(rank(better, before, { method: how, mayExceedBy })).toBeGreaterThanOrEqual(
            rank(since, before, { method: how }),
          );
        },
      ),
    );
  });
});
