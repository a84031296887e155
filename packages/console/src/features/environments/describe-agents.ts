import type { CodeLocationView, EnvironmentView } from '@towpath/api';

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

/** The page's answer: `Healthy: 1 agent live, all code loads`, or what is wrong, most urgent first. */
export function describeEnvironmentHealth(
  { agents }: EnvironmentView,
  codeLocations: readonly CodeLocationView[],
  isStale: boolean,
): string {
  const health = describeAgents(agents, isStale);
  const broken = codeLocations.filter(({ error }) => error !== null);
  const code = broken.length === 0 ? '' : `code of ${broken.map(({ name }) => name).join(', ')} does not load`;
  if (health.isHealthy && !code) return `Healthy: ${health.words}, all code loads`;
  const [first = '', ...rest] = [health.isHealthy ? '' : health.words, code].filter((words) => words !== '');
  return [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest].join('; ');
}
