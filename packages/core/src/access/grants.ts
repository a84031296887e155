// What somebody may do where: grants are roles with their environments, and a permission is held in an environment when a role
// there includes it. Everything else is refused.
import type { PersonRole } from '../promotion/policy.ts';
import { type AccessHolder, type AccessPolicy, formatHolder, isBindingOf, isServiceAccount } from './access-policy.ts';
import { type Permission, ROLES, roleHas } from './permissions.ts';

/** A role in environments. */
export interface Grant {
  readonly role: PersonRole;
  /** Null: in all, also in those that come. */
  readonly environments: readonly string[] | null;
  /** What gives it: the credential itself, or a binding (`group engineers`). */
  readonly from: string;
}

/** Where a permission is asked for: in one environment, in all, or in any. */
export type AccessPlace = { readonly environment: string } | 'every' | 'some';

/** An answer with what decides it. */
export interface AccessAnswer {
  readonly isAllowed: boolean;
  /** The grant that allows it. */
  readonly grant: Grant | null;
}

/** What a policy gives to somebody. */
export function listGrants({ bindings }: AccessPolicy, holder: AccessHolder): readonly Grant[] {
  return bindings
    .filter((binding) => isBindingOf(binding, holder))
    .map((binding) => ({
      role: binding.role,
      environments: binding.environments ?? null,
      from: formatHolder(binding),
    }));
}

/** The grants that hold at a place. */
export function grantsAt(grants: readonly Grant[], place: AccessPlace): readonly Grant[] {
  if (place === 'some') return grants;
  return grants.filter(
    ({ environments }) => environments === null || (place !== 'every' && environments.includes(place.environment)),
  );
}

/** The roles that hold at a place, the farthest-reaching first. */
export function rolesAt(grants: readonly Grant[], place: AccessPlace): readonly PersonRole[] {
  const order = Object.keys(ROLES);
  const roles = new Set(grantsAt(grants, place).map(({ role }) => role));
  return [...roles].sort((a, b) => order.indexOf(b) - order.indexOf(a));
}

/** What only people give: a service account is nobody whose word counts. */
const FOR_PEOPLE: readonly Permission[] = ['sign-offs:write'];

/** Whether no service account may ever do it, whatever its role. */
export function isForPeople(permission: Permission): boolean {
  return FOR_PEOPLE.includes(permission);
}

/** Whether somebody may do something at a place, and by which grant. */
export function judgeAccess(
  { name, grants }: { readonly name: string; readonly grants: readonly Grant[] },
  permission: Permission,
  place: AccessPlace,
): AccessAnswer {
  const isRefused = isForPeople(permission) && isServiceAccount(name);
  const grant = isRefused ? undefined : grantsAt(grants, place).find(({ role }) => roleHas(role, permission));
  return { isAllowed: grant !== undefined, grant: grant ?? null };
}

/** The environments a permission is held in; null: in all. */
export function environmentsOf(grants: readonly Grant[], permission: Permission): readonly string[] | null {
  const own = grants.filter(({ role }) => roleHas(role, permission)).map(({ environments }) => environments);
  if (own.includes(null)) return null;
  return [...new Set(own.flatMap((environments) => environments ?? []))];
}
