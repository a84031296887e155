import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENVIRONMENT_KINDS } from '../environments/environment.ts';
import { findChannelProblems, type NamedChannel } from './find-channel-problems.ts';
import { describeNotification } from './notification.ts';
import { planRedelivery } from './plan-redelivery.ts';
import { toChannelKey } from './to-channel-key.ts';

describe('words', () => {
  test('A88 every title begins with the environment, and runs end in its name', () => {
    const run = { runId: 'r', runNumber: 41, pipeline: 'daily' };
    const span = { firstSlotAt: '2026-01-31T03:00:00.000Z', lastSlotAt: '2026-01-31T03:00:00.000Z' };
    const facts = [
      { kind: 'run.failed', ...run, task: null, reasonCode: null },
      { kind: 'run.failed', ...run, task: 'load', reasonCode: null },
      { kind: 'run.recovered', ...run },
      { kind: 'agent.silent', sessionId: 's', agent: 'one', host: 'h', lastSeenAt: 'then', attemptsHeld: 0 },
      { kind: 'schedule.missed', scheduleId: 'x', schedule: 'n', pipeline: 'daily', ...span, reasonCode: 'QUEUE_FULL' },
      { kind: 'retention.failed', dueAt: 'then', agent: 'one', reasonCode: 'TARGET_UNCLAIMED', zones: ['gold'] },
    ] as const;
    const words = facts.map((one) => describeNotification('prod', one));
    expect(words.map(({ title }) => title)).toEqual([
      '[PROD] daily-prod #41 failed',
      '[PROD] daily-prod #41 failed',
      '[PROD] daily-prod #41 succeeded again',
      '[PROD] agent one is silent',
      '[PROD] schedule n of daily missed its time',
      '[PROD] old data was not deleted',
    ]);
    expect(words.map(({ text }) => text)).toEqual([
      'No task of it has failed by itself.',
      'Task load ended first. Its log says more.',
      'The run of daily before it had failed.',
      'It was last heard of from h at then. It held no attempt.',
      'Slot 2026-01-31T03:00:00.000Z: QUEUE_FULL.',
      'Not finished: gold (due at then): TARGET_UNCLAIMED. The log of agent one says more; it is tried again the next day.',
    ]);
  });
});

describe('the next try', () => {
  test('comes later each time, up to a quarter of an hour', () => {
    expect([1, 2, 3, 8, 9, 100].map((tries) => planRedelivery(tries, null))).toEqual([5, 10, 20, 640, 900, 900]);
  });

  test('comes not before the sink wishes, unless it wishes for more than an hour', () => {
    expect([planRedelivery(1, 30), planRedelivery(1, 1), planRedelivery(1, 86_400)]).toEqual([30, 5, 3600]);
  });
});

describe('channels', () => {
  const named = (environment: string, channel: string, kind: NamedChannel['kind'] = 'shared'): NamedChannel => ({
    environment,
    kind,
    channel,
    sink: 'slack',
  });

  test.each([
    ['https://hooks.example/T/B', 'HTTPS://Hooks.Example:443/T/B/'],
    ['https://hooks.example/T/B', 'http://user@hooks.example/T/B#top'],
    ['https://hooks.example/T/B', 'https:\\\\hooks.example\\T/B'],
    ['https://hooks.example/T/B', 'https:/hooks.example:0443//T/./x/../B?'],
    ['https://hooks.example/T/B', 'https://hooks%2Eexample./%54/B'],
    ['https://hooks.example/T/B', 'ht\ntps://hooks.exa\tmple/T/B'],
    ['https://hooks.slack.com/services/T/B', 'https://hooks.slack.com/services/T/B?from=prod'],
    ['ops@x.example', 'Ops@X.example.'],
    ['Ops@Prod.example', ' ops@prod.example '],
  ])('%s and %s are one', (one, other) => {
    expect(toChannelKey(one)).toBe(toChannelKey(other));
    expect(findChannelProblems([named('int', one), named('qa', other)], [])).toHaveLength(1);
  });

  test.each([
    ['https://hooks.example/T/B', 'https://hooks.example/T/b'],
    ['https://hooks.example/T?room=a', 'https://hooks.example/T?room=b'],
    ['https://hooks.example:8443/T', 'https://hooks.example/T'],
  ])('%s and %s are two', (one, other) => {
    expect(findChannelProblems([named('int', one), named('qa', other)], [])).toEqual([]);
  });

  test('A89 for any sinks, production never has a channel in common, and others only what is shared', () => {
    const channels = fc.array(
      fc.record({ environment: fc.constantFrom('a', 'b', 'c', 'd'), channel: fc.constantFrom('x@x', 'y@y', 'z@z') }),
    );
    const kinds = fc.record({
      a: fc.constantFrom(...ENVIRONMENT_KINDS),
      b: fc.constantFrom(...ENVIRONMENT_KINDS),
      c: fc.constantFrom(...ENVIRONMENT_KINDS),
      d: fc.constantFrom(...ENVIRONMENT_KINDS),
    });
    fc.assert(
      fc.property(channels, kinds, fc.subarray(['x@x', 'Y@Y']), (pairs, kindOf, shared) => {
        const all = pairs.map(({ environment, channel }) => {
          const kind = new Map(Object.entries(kindOf)).get(environment) ?? 'local';
          return named(environment, channel, kind);
        });
        const problems = findChannelProblems(all, shared);
        const told = new Set(problems.map((one) => [one.environment, one.otherEnvironment].sort().join()));
        const expected = new Set(
          all.flatMap((one) =>
            all.flatMap((other) => {
              const isMixed = one.channel === other.channel && one.environment !== other.environment;
              const isProduction = one.kind === 'production' || other.kind === 'production';
              const isShared = shared.some((channel) => channel.toLowerCase() === one.channel);
              return isMixed && (isProduction || !isShared) ? [[one.environment, other.environment].sort().join()] : [];
            }),
          ),
        );
        expect(told).toEqual(expected);
      }),
    );
  });
});
