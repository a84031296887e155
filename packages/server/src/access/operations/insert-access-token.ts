import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { createToken, hashToken } from '../secret-token.ts';

/** A person or tool, and what it may do. */
export type Person = Pick<PersonIdentity, 'name' | 'role'>;

/** Tokens of tools outlive a holiday, but not a year. */
const LIFE_DAYS = 90;

const STATEMENT = `
insert into access_tokens (token_hash, name, role, expires_at)
values ($1, $2, $3, now() + make_interval(days => $4))`;

/** Issues an access token for 90 days; only its hash is kept. */
export async function insertAccessToken(db: Db, { name, role }: Person): Promise<string> {
  const token = createToken('access');
  await db.query(STATEMENT, [hashToken(token), name, role, LIFE_DAYS]);
  return token;
}
