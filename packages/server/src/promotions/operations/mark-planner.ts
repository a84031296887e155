import type { Db } from '../../db/database.ts';

const STATEMENT = `
update agent_sessions set makes_deploy_plans = true
where id = $1 and agent_id = $2 and not makes_deploy_plans`;

/** Notes that the agent of a session can make plans; with its polls, of which only the first one writes. Uses agent_sessions_pkey. */
export async function markPlanner(db: Db, sessionId: string, agentId: string): Promise<void> {
  await db.query(STATEMENT, [sessionId, agentId]);
}
