// The columns that say what a person's credential allows, and the one way from them to an identity.
import { AccessPolicySchema } from '@towpath/api';
import { type Grant, listGrants, type PersonRole, rolesAt, SHIPPED_ACCESS } from '@towpath/core';
import type { Holding, PersonIdentity } from '../http/identity.ts';

/**
 * Of access_tokens and console_sessions. The policy is read with each request, so that a new one holds from the next request on;
 * only for those whose rights follow from it.
 */
export const PERSON_COLUMNS = `
name, role, environments, groups, expires_at,
case when groups is not null then (select body from access_policies order by version desc limit 1) end as policy`;

/** A row of `PERSON_COLUMNS`. */
export interface PersonRow {
  readonly name: string;
  readonly role: PersonRole;
  readonly environments: readonly string[] | null;
  readonly groups: readonly string[] | null;
  readonly expires_at: string;
  readonly policy: unknown;
  readonly token_id: string | null;
}

/** The person with what they may do now. */
export function toPerson(
  row: PersonRow,
  { csrf, sessions }: Pick<PersonIdentity, 'csrf' | 'sessions'>,
): PersonIdentity {
  const { name, role, environments, groups } = row;
  const holding: Holding = { role, environments, groups };
  const grants = toGrants(row);
  return {
    kind: 'person',
    name,
    role: rolesAt(grants, 'some')[0] ?? null,
    roles: rolesAt(grants, 'some'),
    grants,
    holding,
    tokenId: row.token_id,
    sessions,
    expiresAt: row.expires_at,
    csrf,
  };
}

function toGrants({ name, role, environments, groups, policy }: PersonRow): readonly Grant[] {
  if (groups === null) return [{ role, environments, from: 'credential' }];
  return listGrants(policy === null ? SHIPPED_ACCESS : AccessPolicySchema.parse(policy), { name, groups });
}
