import type { EnvironmentView } from '@towpath/api';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/** How an environment gets an agent, in words: what to do where nobody runs its attempts. */
export function describeAgentStart({ name, kind }: Pick<EnvironmentView, 'name' | 'kind'>): string {
  if (name === LOCAL_ENVIRONMENT) return 'Start it with `npx towpath dev`.';
  if (kind === 'production') return 'This version has no executor for environments of kind production.';
  const flag = kind === 'shared' ? ' --against-shared' : '';
  return `Start one: npx towpath agent --environment ${name}${flag} (its token: npx towpath server issue-agent-token --environment ${name} --agent ${name}), see docs/tutorials/second-environment.md`;
}
