import type { Db } from '../../db/database.ts';

/** How much of each kind ended. */
export interface RevokedAccess {
  /** Something of theirs ended: a way in, or at least the weight of what they said, which was not ended before. */
  readonly isKnown?: boolean;
  readonly tokens: number;
  readonly sessions: number;
  /** One-time links, and codes of sign-ins that no command line fetched its token by. */
  readonly links: number;
}

const STATEMENT = `
with tokens as (
  update access_tokens set revoked_at = now()
  where name = $1 and revoked_at is null and expires_at > now()
  returning 1
), sessions as (
  update console_sessions set expires_at = now() where name = $1 and expires_at > now() returning 1
), links as (
  update console_links set expires_at = now() where name = $1 and used_at is null and expires_at > now() returning 1
), codes as (
  delete from login_codes where name = $1 and expires_at > now() returning 1
), known as (
  update people set revoked_at = clock_timestamp() where name = $1 returning old.revoked_at as before
), new as (
  insert into people (name, issuer, subject, revoked_at)
  select $1, '', '', clock_timestamp()
  where not exists (select from known)
    and exists (select from tokens union all select from sessions union all select from links union all select from codes
      union all select from access_tokens where name = $1
      union all select from sign_offs where person = $1 union all select from deploy_plan_sign_offs where person = $1)
  on conflict (name) do update set revoked_at = excluded.revoked_at
  returning 1
)
select exists (select from new) or exists (select from known where before is null
         or exists (select from tokens union all select from sessions union all select from links union all select from codes)) as "isKnown", (select count(*) from tokens) as tokens, (select count(*) from sessions) as sessions,
       (select count(*) from links) + (select count(*) from codes) as links`;

/**
 * Ends every way in that a person or tool has, and keeps when: what they said before counts for nothing from then on. A name that no account
 * came by yet stays nobody's. Ways in are tokens, open consoles, links nobody used yet, and sign-ins that are under way.
 * Reads the tables whole: it is asked a few times a year.
 */
export async function revokeAccess(db: Db, name: string): Promise<RevokedAccess> {
  const { rows } = await db.query<RevokedAccess>(STATEMENT, [name]);
  return rows[0] ?? { tokens: 0, sessions: 0, links: 0 };
}
