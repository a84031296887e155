// A channel that two environments name would mix their alerts: a page about production that looks like one about a test.
import type { EnvironmentKind } from '../environments/environment.ts';
import { toChannelKey } from './to-channel-key.ts';

/** One channel that an environment's sinks name: an address, or what stands for it. */
export interface NamedChannel {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  readonly sink: string;
  /** What identifies it: a URL, an e-mail address, or a digest of one. */
  readonly channel: string;
}

/** A channel that two environments name and must not. */
export interface ChannelProblem {
  readonly environment: string;
  readonly sink: string;
  readonly otherEnvironment: string;
  readonly otherSink: string;
  /** One of both is of kind production: then `shared` does not help. */
  readonly isProduction: boolean;
}

/**
 * Every pair of environments that name one channel, unless it is listed as shared and neither is production. Each pair is
 * told once per channel, under the environment that comes later. Channels are compared as `toChannelKey` makes them.
 */
export function findChannelProblems(
  channels: readonly NamedChannel[],
  shared: readonly string[],
): readonly ChannelProblem[] {
  const sharedKeys = new Set(shared.map(toChannelKey));
  const byKey = Map.groupBy(channels, ({ channel }) => toChannelKey(channel));
  return [...byKey].flatMap(([key, named]) => findPairs(named, sharedKeys.has(key)));
}

function findPairs(named: readonly NamedChannel[], isShared: boolean): ChannelProblem[] {
  const first = [...Map.groupBy(named, ({ environment }) => environment).values()].flatMap((ofOne) =>
    ofOne.slice(0, 1),
  );
  return first.flatMap((later, at) =>
    first.slice(0, at).flatMap((earlier) => {
      const isProduction = later.kind === 'production' || earlier.kind === 'production';
      return isShared && !isProduction ? [] : [toProblem(later, earlier, isProduction)];
    }),
  );
}

function toProblem(later: NamedChannel, earlier: NamedChannel, isProduction: boolean): ChannelProblem {
  const { environment, sink } = later;
  return { environment, sink, otherEnvironment: earlier.environment, otherSink: earlier.sink, isProduction };
}
