import { resolve } from 'node:path';
import type { AgentTarget } from '@towpath/agent';
import { formatEnvironmentTag, isSecretReference, type TargetDeclaration, TowpathError } from '@towpath/core';

/**
 * A target as agents look at it: its place is written out, and a folder is the project's, wherever somebody happens to start an agent or
 * a command. @throws TowpathError `TEMPLATE_UNRESOLVED`
 */
export function toAgentTarget(
  { folder, environment }: { readonly folder: string; readonly environment: string },
  name: string,
  { place: _, when: __, ...target }: TargetDeclaration,
): AgentTarget {
  const template = Object.values(target).find((text) => text?.includes('${'));
  if (template !== undefined) throw templateUnresolved(environment, name);
  if (target.type !== 'folder' || isSecretReference(target.location)) return { name, ...target };
  return { name, ...target, location: resolve(folder, target.location) };
}

function templateUnresolved(environment: string, target: string): TowpathError {
  return new TowpathError({
    code: 'TEMPLATE_UNRESOLVED',
    message: `${formatEnvironmentTag(environment)} Target ${target} holds a placeholder, which is not resolved here yet.`,
    cause: 'Whose a place is can only be asserted for the place itself.',
    fix: 'Write its place out in towpath.yaml.',
  });
}
