import type { SessionView } from '@towpath/api';
import type { Identity } from '../http/identity.ts';

/** Who asks, as they are told. */
export function toSessionView(identity: Identity, version: string): SessionView {
  const { name, role } = identity;
  if (identity.kind === 'agent') return { name, role, csrf: null, version, environment: identity.environment };
  if (identity.kind === 'attempt') return { name, role, csrf: null, version };
  const { csrf, grants, holding, expiresAt } = identity;
  return {
    ...{ name, role, csrf, version, expiresAt },
    grants: grants.map((grant) => ({ ...grant, environments: grant.environments && [...grant.environments] })),
    ...(holding.groups && { groups: [...holding.groups] }),
  };
}
