// Who may hand out rights gains none by it: a token of a service account is told to whoever issues it, so it gives no role that they
// lack; and nobody binds themselves, or a service account, to such a role.
import {
  type AccessPolicy,
  coversRole,
  formatServiceAccount,
  type Grant,
  isBindingOf,
  listGrants,
  type PersonRole,
  type RoleBinding,
  TowpathError,
} from '@towpath/core';
import type { PersonIdentity } from '../http/identity.ts';

/** Who hands out. */
export type Giver = Pick<PersonIdentity, 'name' | 'grants' | 'holding'>;

type Right = Pick<Grant, 'role' | 'environments'>;

/**
 * For what a token gives.
 *
 * @throws TowpathError `ROLE_NOT_HELD`
 */
export function requireOwnRoles({ grants }: Giver, rights: readonly Right[]): void {
  for (const { role, environments } of rights)
    if (!coversRole(grants, role, environments)) throw roleNotHeld(role, environments);
}

/**
 * For bindings that shall take the place of others. Those of other people are an administrator's to give.
 *
 * @throws TowpathError `ROLE_NOT_HELD`
 */
export function requireOwnBindings(giver: Giver, before: AccessPolicy, after: AccessPolicy): void {
  const self = { name: giver.name, groups: giver.holding.groups ?? [] };
  for (const binding of after.bindings) {
    const { role, environments = null } = binding;
    const had = 'serviceAccount' in binding ? listGrants(before, accountOf(binding)) : [];
    const isTheirs = 'serviceAccount' in binding || isBindingOf(binding, self);
    if (isTheirs && !coversRole([...giver.grants, ...had], role, environments)) throw roleNotHeld(role, environments);
  }
}

function accountOf({ serviceAccount }: Extract<RoleBinding, { serviceAccount: string }>) {
  return { name: formatServiceAccount(serviceAccount), groups: [] };
}

function roleNotHeld(role: PersonRole, environments: readonly string[] | null): TowpathError {
  return new TowpathError({
    code: 'ROLE_NOT_HELD',
    message: `You can't hand out the role ${role} in ${environments?.join(', ') ?? 'all environments'}: you don't have it there.`,
    cause:
      'A token is told to whoever issues it, and bindings of a service account, or of oneself, are rights of who applies them.',
    fix: 'Let an administrator who has the role do it. What oneself lacks, another administrator gives.',
  });
}
