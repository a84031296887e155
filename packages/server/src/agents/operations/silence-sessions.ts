import type { Db } from '../../db/database.ts';

/** A session whose lease has run out. */
export interface SilentSession {
  readonly id: string;
  readonly environment: string;
}

const STATEMENT = `
with expired as materialized (
  select id
  from agent_sessions
  where ended_at is null and silent_at is null and lease_ends_at <= now()
  order by id
  for update skip locked
)
update agent_sessions s set silent_at = now() from expired e where s.id = e.id returning s.id, s.environment`;

/**
 * Declares sessions silent whose lease has run out; skips those that are being renewed or silenced elsewhere, so any number
 * of servers may run it, and those with a claim or a finish in flight, whose agent speaks (`for update`, see findSession). Uses agent_sessions_lease_idx. No rows: all have spoken.
 */
export async function silenceSessions(db: Db): Promise<SilentSession[]> {
  const { rows } = await db.query<SilentSession>(STATEMENT);
  return rows;
}
