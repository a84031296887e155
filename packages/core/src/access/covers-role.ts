// Whether somebody who hands out a role has it: nobody gains by a token what they lack themselves.

import type { PersonRole } from '../promotion/policy.ts';
import { type Grant, grantsAt } from './grants.ts';
import { ROLES, roleHas } from './permissions.ts';

/** Roles that are permissions and no more: whoever has a role with all of theirs has them. The others are names that policies ask for. */
const PLAIN_ROLES: readonly PersonRole[] = ['viewer', 'engineer'];

/** Whether grants give a role, or one that includes it, in each of these environments; null: in all, also in those that come. */
export function coversRole(
  grants: readonly Grant[],
  role: PersonRole,
  environments: readonly string[] | null,
): boolean {
  const places = environments === null ? (['every'] as const) : environments.map((environment) => ({ environment }));
  return places.every((place) => grantsAt(grants, place).some((grant) => includesRole(grant.role, role)));
}

function includesRole(held: PersonRole, role: PersonRole): boolean {
  return held === role || (PLAIN_ROLES.includes(role) && ROLES[role].every((permission) => roleHas(held, permission)));
}
