import type { CodeLocationView, ConfigurationView, EnvironmentView, TargetIdentity } from '@towpath/api';
import { capitalize } from '../../format/capitalize.ts';
import { describeTarget } from './describe-declaration.ts';

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

/**
 * The page's answer: `Healthy: 1 agent live, all code loads`, or what is wrong, most urgent first: agents, code, targets
 * that are not its own or do not answer, problems of the configuration. What is not loaded (yet) is `undefined`, and
 * nothing is called healthy without it.
 */
export function describeEnvironmentHealth(
  { agents }: EnvironmentView,
  codeLocations: readonly CodeLocationView[] | undefined,
  configurations: readonly ConfigurationView[] | undefined,
  isStale: boolean,
): string {
  const health = describeAgents(agents, isStale);
  const wrong = [
    health.isHealthy ? '' : health.words,
    describeBrokenCode(codeLocations ?? []),
    describeTargets(configurations ?? []),
    describeProblems(configurations ?? []),
  ].filter((words) => words !== '');
  const isKnown = codeLocations !== undefined && configurations !== undefined;
  if (wrong.length === 0) return isKnown ? `Healthy: ${health.words}, all code loads` : health.words;
  const words = wrong.join('; ');
  return capitalize(words);
}

function describeBrokenCode(codeLocations: readonly CodeLocationView[]): string {
  const broken = codeLocations.filter(({ error }) => error !== null).map(({ name }) => name);
  return broken.length === 0 ? '' : `code of ${broken.join(', ')} does not load`;
}

function describeTargets(configurations: readonly ConfigurationView[]): string {
  const targets = configurations.flatMap((configuration) => configuration.targets);
  const nameThose = (isIn: (target: TargetIdentity) => boolean): string =>
    [...new Set(targets.filter(isIn).map(({ name }) => name))].join(', ');
  const borrowed = nameThose(({ verdict }) => verdict === 'borrowed');
  const closed = nameThose((target) => target.verdict !== 'borrowed' && !describeTarget(target).isGood);
  return [
    closed ? `tasks that use target ${closed} do not start` : '',
    borrowed ? `target ${borrowed} belongs to another environment` : '',
  ]
    .filter((words) => words !== '')
    .join('; ');
}

function describeProblems(configurations: readonly ConfigurationView[]): string {
  const problems = new Set(
    configurations.flatMap((configuration) => configuration.problems.map(({ code, message }) => `${code} ${message}`)),
  );
  if (problems.size === 0) return '';
  return problems.size === 1 ? 'the configuration has a problem' : `the configuration has ${problems.size} problems`;
}
