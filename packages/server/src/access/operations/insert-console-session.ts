import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';
import { createToken, hashToken } from '../secret-token.ts';

const STATEMENT = `
insert into console_sessions (token_hash, name, role, expires_at)
values ($1, $2, $3, now() + make_interval(secs => $4))`;

/** Opens a console session; returns the cookie's value, of which only the hash is kept. */
export async function insertConsoleSession(
  db: Db,
  { name, role }: Pick<PersonIdentity, 'name' | 'role'>,
  lifeSeconds: number,
): Promise<string> {
  const token = createToken('session');
  await db.query(STATEMENT, [hashToken(token), name, role, lifeSeconds]);
  return token;
}
