import type { Db } from '../../db/database.ts';

const STATEMENT = `update agent_sessions set ended_at = now() where agent_id = $1 and ended_at is null returning id`;

/**
 * Ends the live session of an agent; returns its id. Waits for claims and finishes in flight (they hold the row `for
 * share`). Uses agent_sessions_live_agent_key. Undefined: there was none.
 */
export async function endLiveSession(db: Db, agentId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [agentId]);
  return rows[0]?.id;
}
