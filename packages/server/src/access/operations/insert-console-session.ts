import type { Db } from '../../db/database.ts';
import { createToken, hashToken } from '../secret-token.ts';
import type { HandedOn } from './insert-console-link.ts';

const STATEMENT = `
insert into console_sessions (token_hash, name, role, environments, groups, token_id, expires_at)
values ($1, $2, $3, $4, $5, $6, least(now() + make_interval(secs => $8), $7::timestamptz))`;

/**
 * Opens a console session for at most `lifeSeconds`; returns the cookie's value, which is new each time, and of which only the
 * hash is kept.
 */
export async function insertConsoleSession(
  db: Db,
  { name, holding, tokenId, until }: HandedOn,
  lifeSeconds: number,
): Promise<string> {
  const token = createToken('session');
  const { role, environments, groups } = holding;
  await db.query(STATEMENT, [hashToken(token), name, role, environments, groups, tokenId, until, lifeSeconds]);
  return token;
}
