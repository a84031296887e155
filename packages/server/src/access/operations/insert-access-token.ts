import type { PersonRole } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import type { Holding } from '../../http/identity.ts';
import { createToken, hashToken } from '../secret-token.ts';
import type { Human } from './find-human.ts';

/** A person or tool, and what it may do. */
export interface Person {
  readonly name: string;
  readonly role: PersonRole;
  /** Where the role holds; absent or null: in all environments. */
  readonly environments?: readonly string[] | null | undefined;
}

/** A token to be made. */
export interface NewAccessToken {
  readonly name: string;
  readonly holding: Holding;
  readonly lifeSeconds: number;
  /** Null: whoever owns the database. */
  readonly issuedBy: string | null;
  /** Who stands behind a service account's; absent: look at `issuedBy`. */
  readonly behind?: Human | undefined;
  readonly note?: string | null | undefined;
}

/** What is told of it once. */
export interface IssuedToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

const STATEMENT = `
insert into access_tokens (token_hash, name, role, environments, groups, expires_at, issued_by, note, person_behind, account_behind)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7, $8, $9, $10)
returning id, expires_at`;

/** Issues an access token; only its hash is kept. */
export async function insertAccessToken(db: Db, wish: NewAccessToken): Promise<IssuedToken> {
  const token = createToken('access');
  const { role, environments, groups } = wish.holding;
  const values = [wish.name, role, environments, groups, wish.lifeSeconds, wish.issuedBy, wish.note ?? null];
  const behind = [wish.behind?.name ?? null, wish.behind?.account ?? null];
  const { rows } = await db.query<{ id: string; expires_at: string }>(STATEMENT, [
    hashToken(token),
    ...values,
    ...behind,
  ]);
  const [row] = rows;
  if (!row) throw new Error('insert into access_tokens returned no row');
  return { id: row.id, token, expiresAt: row.expires_at };
}
