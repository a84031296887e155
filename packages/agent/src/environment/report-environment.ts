// What the server is told of the environment: values that are no secrets, problems, whose the targets are, and digests of
// channels. Nothing secret leaves the agent.
import { createHash } from 'node:crypto';
import type { ReportConfiguration, TargetIdentity } from '@towpath/api';
import { toChannelKey } from '@towpath/core';
import type { z } from 'zod';
import type { NotificationSink } from '../notify/notification-sink.ts';
import type { AgentTarget } from '../targets/agent-target.ts';
import type { TargetGuard } from '../targets/target-guard.ts';
import type { AgentEnvironment } from './agent-environment.ts';

/** The body of the report. */
export type EnvironmentReport = z.input<NonNullable<(typeof ReportConfiguration)['body']>>;

/** What a report is made of. */
export interface ReportParts {
  readonly environment: AgentEnvironment;
  readonly sinks: readonly NotificationSink[];
  readonly variables: Readonly<Record<string, string>>;
  readonly guard: TargetGuard;
}

/** Asks targets and resolves channels; what does not answer is said to be so. Takes some seconds at most. */
export async function buildReport({ environment, sinks, variables, guard }: ReportParts): Promise<EnvironmentReport> {
  const shared = new Set(environment.sharedChannels.map(toChannelKey));
  const channels = await Promise.all(sinks.map((sink) => digestChannels(sink, shared)));
  const targets = await Promise.all(environment.targets.map((target) => identify(target, variables, guard)));
  return {
    hash: environment.hash,
    values: [...environment.values],
    problems: [...environment.problems],
    targets,
    channels: channels.flat(),
  };
}

async function digestChannels(
  sink: NotificationSink,
  shared: ReadonlySet<string>,
): Promise<EnvironmentReport['channels']> {
  // A channel that can't be resolved can't be used either; its deliveries say why.
  const channels = await sink.findChannels().catch(() => []);
  return channels.map(toChannelKey).map((key) => ({
    sink: sink.name,
    channel: createHash('sha256').update(key).digest('hex'),
    isShared: shared.has(key),
  }));
}

async function identify(
  target: AgentTarget,
  variables: Readonly<Record<string, string>>,
  guard: TargetGuard,
): Promise<TargetIdentity> {
  const { name, type } = target;
  const seen = await guard.look(target, variables).catch(() => ({ verdict: 'unreachable' as const, claimedBy: null }));
  return { name, type, ...seen };
}
