import type { Db } from '../../db/database.ts';

const STATEMENT = `select host from agent_sessions where agent_id = $1 and ended_at is null`;

/** The host of an agent's open session. Uses agent_sessions_live_agent_key. Undefined: there is none. */
export async function findLiveHost(db: Db, agentId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ host: string }>(STATEMENT, [agentId]);
  return rows[0]?.host;
}
