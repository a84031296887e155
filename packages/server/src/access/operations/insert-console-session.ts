import type { Db } from '../../db/database.ts';
import { createToken, hashToken } from '../secret-token.ts';
import type { HandedOn } from './insert-console-link.ts';

const STATEMENT = `
insert into console_sessions (token_hash, name, role, environments, groups, token_id, parents, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, least(now() + make_interval(secs => $9), $8::timestamptz))`;

/**
 * Opens a console session for at most `lifeSeconds`; returns the cookie's value, which is new each time, and of which only the
 * hash is kept.
 */
export async function insertConsoleSession(
  db: Db,
  { name, holding, tokenId, sessions, until }: HandedOn,
  lifeSeconds: number,
): Promise<string> {
  const token = createToken('session');
  const { role, environments, groups } = holding;
  const origin = [tokenId, sessions, until];
  await db.query(STATEMENT, [hashToken(token), name, role, environments, groups, ...origin, lifeSeconds]);
  return token;
}
