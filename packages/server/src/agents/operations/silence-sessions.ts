import type { Db } from '../../db/database.ts';

/** A session whose lease has run out. */
export interface SilentSession {
  readonly id: string;
  readonly environment: string;
  readonly agent: string;
  readonly host: string;
  readonly lastSeenAt: string;
}

interface Row extends Omit<SilentSession, 'lastSeenAt'> {
  readonly last_seen_at: string;
}

const STATEMENT = `
with expired as materialized (
  select id
  from agent_sessions
  where ended_at is null and silent_at is null and lease_ends_at <= now()
  order by id
  for update skip locked
)
update agent_sessions s set silent_at = now() from expired e, agents a where s.id = e.id and a.id = s.agent_id
returning s.id, s.environment, a.name as agent, s.host, s.last_seen_at`;

/**
 * Declares sessions silent whose lease has run out; skips those that are being renewed or silenced elsewhere, so any number
 * of servers may run it, and those with a claim or a finish in flight, whose agent speaks (`for update`, see findSession). Uses
 * agent_sessions_lease_idx and agents_pkey. No rows: all have spoken.
 */
export async function silenceSessions(db: Db): Promise<SilentSession[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ last_seen_at, ...session }) => ({ ...session, lastSeenAt: last_seen_at }));
}
