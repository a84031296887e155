import { formatServiceAccount, listGrants, type PersonRole, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { environmentExists } from '../operations/environment-exists.ts';
import { findAccess } from '../operations/find-access.ts';
import { findHuman } from '../operations/find-human.ts';
import type { IssuedToken } from '../operations/insert-access-token.ts';
import { type Giver, requireOwnRoles } from '../require-own-role.ts';
import { issueAccessToken } from './issue-access-token.ts';

/** A token that is asked for. */
export interface ServiceTokenWish {
  readonly serviceAccount: string;
  /** Undefined: what the bindings give. */
  readonly role?: PersonRole | undefined;
  /** Undefined: in all. */
  readonly environments?: readonly string[] | undefined;
  readonly expiresInDays: number;
  readonly note?: string | undefined;
}

const DAY_SECONDS = 86_400;

/**
 * Issues a token of a service account, with rights that its issuer has as well. Each call is a token.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `TOKEN_SCOPE_INVALID`, `ROLE_NOT_HELD`
 */
export async function issueServiceToken(
  pool: pg.Pool,
  wish: ServiceTokenWish,
  issuer: Giver & { readonly tokenId?: string | null },
): Promise<IssuedToken & { readonly name: string }> {
  const { serviceAccount, role, environments = null, note } = wish;
  if (role === undefined && environments !== null) throw scopeInvalid();
  for (const environment of environments ?? [])
    if (!(await environmentExists(pool, environment))) throw environmentUnknown(environment);
  const name = formatServiceAccount(serviceAccount);
  const isBound = role === undefined;
  const rights = isBound ? listGrants((await findAccess(pool)).policy, { name, groups: [] }) : [{ role, environments }];
  requireOwnRoles(issuer, rights);
  const holding = { role: role ?? ('viewer' as const), environments, groups: isBound ? [] : null };
  const lifeSeconds = wish.expiresInDays * DAY_SECONDS;
  const actor = { kind: 'person', name: issuer.name } as const;
  // A service account that issues tokens for another hides nobody.
  const behind = await findHuman(pool, issuer);
  const wished = { name, holding, lifeSeconds, issuedBy: issuer.name, behind, note };
  return { ...(await issueAccessToken(pool, wished, actor)), name };
}

function scopeInvalid(): TowpathError {
  return new TowpathError({
    code: 'TOKEN_SCOPE_INVALID',
    message: 'A token without a role has no environments of its own.',
    cause: 'What it may do, and where, follows from the bindings of its service account.',
    fix: 'Give a role, or leave the environments out.',
  });
}
