// What a console link or session was handed on from: with it, it ends.

/**
 * Condition on a row of console_links or console_sessions, which the statement calls `handed`: its token and all console sessions
 * that it came through still hold. Uses access_tokens_id_key and console_sessions_pkey.
 */
export const ORIGIN_HOLDS = `(
  handed.token_id is null
  or exists (
    select from access_tokens t where t.id = handed.token_id and t.revoked_at is null and t.expires_at > now()
  )
) and (
  select count(*) from console_sessions p where p.token_hash = any (handed.parents) and p.expires_at > now()
) = cardinality(handed.parents)`;
