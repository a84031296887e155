import type { AgentTarget } from '@towpath/agent';
import { formatEnvironmentTag, type TargetDeclaration, TowpathError } from '@towpath/core';

/** A target as agents look at it: its place is written out. @throws TowpathError `TEMPLATE_UNRESOLVED` */
export function toAgentTarget(
  environment: string,
  name: string,
  { place: _, when: __, ...target }: TargetDeclaration,
): AgentTarget {
  const template = Object.values(target).find((text) => text?.includes('${'));
  if (template !== undefined) throw templateUnresolved(environment, name);
  return { name, ...target };
}

function templateUnresolved(environment: string, target: string): TowpathError {
  return new TowpathError({
    code: 'TEMPLATE_UNRESOLVED',
    message: `${formatEnvironmentTag(environment)} Target ${target} holds a placeholder, which is not resolved here yet.`,
    cause: 'Whose a place is can only be asserted for the place itself.',
    fix: 'Write its place out in towpath.yaml.',
  });
}
