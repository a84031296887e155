import type { AgentEnvironment } from '@towpath/agent';
import type { Project } from '@towpath/config';
import type { ResolvedConfiguration } from '@towpath/core';
import { listEnvironments } from './project-environments.ts';

const NOTHING_DECLARED: AgentEnvironment = {
  sinks: [],
  sharedChannels: [],
  targets: [],
  hash: '',
  values: [],
  problems: [],
};

/** What the agent of an environment works with; nothing when the project does not declare it. */
export function findAgentEnvironment(
  project: Pick<Project, 'folder' | 'declaration'>,
  name: string,
  resolved?: ResolvedConfiguration,
): AgentEnvironment {
  return (
    listEnvironments(project)
      .find(({ declared }) => declared.name === name)
      ?.toAgent(resolved) ?? NOTHING_DECLARED
  );
}
