import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAfterAttempt, type EndedAttempt, retryDelaySeconds } from './decide-after-attempt.ts';

function createEnded(changes: Partial<EndedAttempt>): EndedAttempt {
  return {
    outcome: 'failed',
    exitCode: 1,
    attemptNumber: 1,
    retry: { limit: 2, delaySeconds: 5 },
    isRunCancelled: false,
    isGivenUp: false,
    isIdempotent: false,
    ...changes,
  };
}

describe('decideAfterAttempt', () => {
  it.each([
    ['success ends the task', createEnded({ outcome: 'succeeded', exitCode: 0 }), { kind: 'end', state: 'succeeded' }],
    ['a failure is retried while attempts are left', createEnded({}), { kind: 'retry', delaySeconds: 5 }],
    ['the last attempt decides', createEnded({ attemptNumber: 3 }), { kind: 'end', state: 'failed' }],
    [
      'a technical error is retried, too',
      createEnded({ outcome: 'errored', exitCode: null }),
      { kind: 'retry', delaySeconds: 5 },
    ],
    [
      'exit 78 is a configuration error: never retried',
      createEnded({ exitCode: 78 }),
      { kind: 'end', state: 'failed' },
    ],
    ['exit 75 counts as a retry', createEnded({ exitCode: 75, attemptNumber: 3 }), { kind: 'end', state: 'failed' }],
    [
      'cancelled is never retried',
      createEnded({ outcome: 'cancelled', exitCode: null }),
      { kind: 'end', state: 'cancelled' },
    ],
    [
      'an attempt that was given up is not repeated: it may still run',
      createEnded({ outcome: 'errored', exitCode: null, isGivenUp: true }),
      { kind: 'end', state: 'errored' },
    ],
    [
      'an attempt that was given up is repeated where that is harmless',
      createEnded({ outcome: 'errored', exitCode: null, isGivenUp: true, isIdempotent: true }),
      { kind: 'retry', delaySeconds: 5 },
    ],
    [
      'harmless or not, the limit of retries holds for what was given up',
      createEnded({ outcome: 'errored', exitCode: null, isGivenUp: true, isIdempotent: true, attemptNumber: 3 }),
      { kind: 'end', state: 'errored' },
    ],
    [
      'what was given up in a cancelled run is cancelled',
      createEnded({ outcome: 'errored', exitCode: null, isGivenUp: true, isIdempotent: true, isRunCancelled: true }),
      { kind: 'end', state: 'cancelled' },
    ],
    ['a cancelled run retries nothing', createEnded({ isRunCancelled: true }), { kind: 'end', state: 'cancelled' }],
    [
      'a success counts even in a cancelled run',
      createEnded({ outcome: 'succeeded', exitCode: 0, isRunCancelled: true }),
      { kind: 'end', state: 'succeeded' },
    ],
  ])('%s', (_, ended, decision) => {
    expect(decideAfterAttempt(ended)).toEqual(decision);
  });

  it('never grants more attempts than the policy allows', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(255), (limit, exitCode) => {
        let attempts = 0;
        let isGoingOn = true;
        while (isGoingOn) {
          attempts += 1;
          const ended = createEnded({ exitCode, attemptNumber: attempts, retry: { limit, delaySeconds: 0 } });
          isGoingOn = decideAfterAttempt(ended).kind === 'retry';
        }
        expect(attempts).toBe(exitCode === 78 ? 1 : limit + 1);
      }),
    );
  });
});

describe('retryDelaySeconds', () => {
  it.each([
    ['is the same each time without a factor', { limit: 9, delaySeconds: 30 }, [30, 30, 30]],
    ['doubles with factor 2', { limit: 9, delaySeconds: 30, factor: 2 }, [30, 60, 120]],
    ['stays below its limit', { limit: 9, delaySeconds: 30, factor: 3, maxDelaySeconds: 100 }, [30, 90, 100]],
    ['is cut from the first one on', { limit: 9, delaySeconds: 30, maxDelaySeconds: 10 }, [10, 10, 10]],
    ['is a day at most unless said otherwise', { limit: 9, delaySeconds: 50_000, factor: 2 }, [50_000, 86_400, 86_400]],
    [
      'is as long as was asked for when that alone is more than a day',
      { limit: 9, delaySeconds: 100_000 },
      [100_000, 100_000, 100_000],
    ],
    ['is nothing when nothing was asked for', { limit: 9, delaySeconds: 0, factor: 100 }, [0, 0, 0]],
  ])('%s', (_, retry, delays) => {
    expect([1, 2, 3].map((number) => retryDelaySeconds(retry, number))).toEqual(delays);
  });

  it('is finite, never shrinks, and keeps to the limit, for every policy that may be registered', () => {
    const policies = fc.record({
      limit: fc.nat(100),
      delaySeconds: fc.double({ min: 0, max: 2_592_000, noNaN: true }),
      factor: fc.double({ min: 1, max: 100, noNaN: true }),
      maxDelaySeconds: fc.double({ min: 0, max: 2_592_000, noNaN: true }),
    });
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), (retry, number) => {
        const delay = retryDelaySeconds(retry, number);
        expect(Number.isFinite(delay)).toBe(true);
        expect(delay).toBeLessThanOrEqual(retry.maxDelaySeconds);
        expect(retryDelaySeconds(retry, number + 1)).toBeGreaterThanOrEqual(delay);
      }),
    );
  });
});
