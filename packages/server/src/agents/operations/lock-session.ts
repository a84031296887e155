import type { Db } from '../../db/database.ts';
import type { SessionKey } from './find-session.ts';

/** A session that is about to end. */
export interface LockedSession {
  readonly environment: string;
  readonly isEnded: boolean;
}

interface Row {
  readonly environment: string;
  readonly is_ended: boolean;
}

const STATEMENT = `
select environment, ended_at is not null as is_ended
from agent_sessions
where id = $1 and agent_id = $2
for update`;

/**
 * Locks a session of this agent against claims, finishes and renewals; those in flight are waited for, see findSession.
 * Uses agent_sessions_pkey. Undefined: there is none.
 */
export async function lockSession(db: Db, { sessionId, agentId }: SessionKey): Promise<LockedSession | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [sessionId, agentId]);
  const row = rows[0];
  return row && { environment: row.environment, isEnded: row.is_ended };
}
