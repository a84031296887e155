import type { EnvironmentView } from '@towpath/api';

export interface AgentsHealth {
  readonly isHealthy: boolean;
  readonly words: string;
}

/**
 * Whether anything can run, in words: `1 agent live`, `1 of 2 agents live`, `No agent live`. What is
 * known from before a lost connection says nothing about now: `Agent unknown`.
 */
export function describeAgents(agents: EnvironmentView['agents'], isStale: boolean): AgentsHealth {
  const live = agents.filter(({ isLive }) => isLive).length;
  const total = agents.length;
  if (isStale) return { isHealthy: false, words: total === 1 ? 'Agent unknown' : 'Agents unknown' };
  if (live === 0) return { isHealthy: false, words: 'No agent live' };
  if (live < total) return { isHealthy: false, words: `${live} of ${total} agents live` };
  return { isHealthy: true, words: live === 1 ? '1 agent live' : `${live} agents live` };
}
