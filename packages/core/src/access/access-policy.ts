// Who has which role where. People come with the groups that their identity provider names; an administrator says what a group,
// a person or a service account is, and in which environments. Nobody whom no binding names has any role.
import type { PersonRole } from '../promotion/policy.ts';

/** Version of the JSON below. */
export const ACCESS_SCHEMA_VERSION = 1;

/** Whom a binding is about. */
export type BindingHolder =
  | { readonly group: string }
  | { readonly person: string }
  | { readonly serviceAccount: string };

/** A role that somebody has. */
export type RoleBinding = BindingHolder & {
  readonly role: PersonRole;
  /** Names of environments; absent: in all of them, also in those that come. */
  readonly environments?: readonly string[] | undefined;
};

/** All bindings; an administrator replaces them as a whole. */
export interface AccessPolicy {
  readonly schemaVersion: typeof ACCESS_SCHEMA_VERSION;
  readonly bindings: readonly RoleBinding[];
}

/** What holds until an administrator applies another one. */
export const SHIPPED_ACCESS: AccessPolicy = { schemaVersion: ACCESS_SCHEMA_VERSION, bindings: [] };

/** One who asks, as far as bindings know them. */
export interface AccessHolder {
  readonly name: string;
  readonly groups: readonly string[];
}

const SERVICE_ACCOUNT_PREFIX = 'service-account:';

/** The name of a service account among those of people; no person has one that begins like it. */
export function formatServiceAccount(name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${name}`;
}

/** Whether a name is that of a service account. */
export function isServiceAccount(name: string): boolean {
  return name.startsWith(SERVICE_ACCOUNT_PREFIX);
}

/** Whether a binding is about somebody. */
export function isBindingOf(binding: RoleBinding, { name, groups }: AccessHolder): boolean {
  if ('group' in binding) return groups.includes(binding.group);
  if ('person' in binding) return name === binding.person && !isServiceAccount(name);
  return name === formatServiceAccount(binding.serviceAccount);
}

/** Whom a binding is about, for people: `group engineers`. */
export function formatHolder(binding: BindingHolder): string {
  if ('group' in binding) return `group ${binding.group}`;
  if ('person' in binding) return `person ${binding.person}`;
  return `service account ${binding.serviceAccount}`;
}
