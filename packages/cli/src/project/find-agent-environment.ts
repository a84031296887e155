import type { AgentEnvironment } from '@towpath/agent';
import type { Project } from './project-file.ts';

const NOTHING_DECLARED: AgentEnvironment = {
  sinks: [],
  sharedChannels: [],
  targets: [],
  hash: '',
  values: [],
  problems: [],
};

/** What the agent of an environment works with; nothing when the project does not declare it. */
export function findAgentEnvironment({ environments }: Project, name: string): AgentEnvironment {
  return environments.find(({ declared }) => declared.name === name)?.agent ?? NOTHING_DECLARED;
}
