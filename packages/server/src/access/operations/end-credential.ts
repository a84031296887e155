import type { Db } from '../../db/database.ts';
import { hashToken } from '../secret-token.ts';

const STATEMENT = `
with sessions as (
  update console_sessions set expires_at = now() where token_hash = $1 and expires_at > now() returning 1
), tokens as (
  update access_tokens set revoked_at = now()
  where token_hash = $1 and revoked_at is null and expires_at > now()
  returning id
), handed_on as (
  update console_sessions s set expires_at = now()
  where (s.token_id in (select id from tokens) or $1 = any (s.parents)) and s.expires_at > now()
), links as (
  update console_links l set expires_at = now()
  where (l.token_id in (select id from tokens) or $1 = any (l.parents)) and l.used_at is null and l.expires_at > now()
)
select (select count(*) from sessions) + (select count(*) from tokens) as ended`;

/**
 * Ends one console session or access token, with the consoles opened from it and the links made from it; false: it was over
 * already. Reads console sessions and links whole: people sign out seldom.
 */
export async function endCredential(db: Db, secret: string): Promise<boolean> {
  const { rows } = await db.query<{ ended: number }>(STATEMENT, [hashToken(secret)]);
  return Number(rows[0]?.ended ?? 0) > 0;
}
