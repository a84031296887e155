import type { Db } from '../../db/database.ts';
import type { SessionKey } from './find-session.ts';

/** A renewed session. */
export interface RenewedSession {
  readonly environment: string;
  readonly host: string;
  /** It had been declared silent; its attempts may be uncertain. */
  readonly wasSilent: boolean;
}

interface Row {
  readonly environment: string;
  readonly host: string;
  readonly was_silent: boolean;
}

const STATEMENT = `
update agent_sessions
set last_seen_at = now(), lease_ends_at = now() + make_interval(secs => $3), silent_at = null
where id = $1 and agent_id = $2 and ended_at is null
returning environment, host, old.silent_at is not null as was_silent`;

/**
 * Proves that an agent lives: every few seconds per agent, and with each claim. Locks the session's row. Uses
 * agent_sessions_pkey. Undefined: it has ended, or is not this agent's.
 */
export async function renewSession(
  db: Db,
  { sessionId, agentId }: SessionKey,
  leaseSeconds: number,
): Promise<RenewedSession | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [sessionId, agentId, leaseSeconds]);
  const row = rows[0];
  return row && { environment: row.environment, host: row.host, wasSilent: row.was_silent };
}
