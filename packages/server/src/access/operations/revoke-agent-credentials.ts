import type { Db } from '../../db/database.ts';
import type { AgentName } from './insert-agent-credential.ts';

const STATEMENT = `
update agent_credentials c
set revoked_at = now()
from agents a
where a.id = c.agent_id and a.environment = $1 and a.name = $2
  and c.revoked_at is null and (c.expires_at is null or c.expires_at > now())`;

/** Ends all credentials of an agent that are still valid; returns how many. Its next request is refused. */
export async function revokeAgentCredentials(db: Db, { environment, agent }: AgentName): Promise<number> {
  return (await db.query(STATEMENT, [environment, agent])).rowCount ?? 0;
}
