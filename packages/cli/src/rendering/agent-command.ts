import type { EnvironmentView } from '@towpath/api';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/** How an environment gets an agent, in words: what to do where nobody runs its attempts. */
export function describeAgentStart({ name, kind }: Pick<EnvironmentView, 'name' | 'kind'>): string {
  if (name === LOCAL_ENVIRONMENT) return 'Start it with `npx towpath dev`.';
  const flag = kind === 'shared' ? ' --against-shared' : '';
  const start = `npx towpath agent --environment ${name}${flag} (its token: npx towpath server issue-agent-token --environment ${name} --agent ${name})`;
  return kind === 'production'
    ? `Start one that runs containers: \`executor: docker\` or \`kubernetes\` under \`environments.${name}\` of towpath.yaml, then ${start}, see docs/reference/executors.md`
    : `Start one: ${start}, see docs/tutorials/second-environment.md`;
}
