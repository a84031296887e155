import type { Db } from '../../db/database.ts';

/** Who wants to take over. */
export interface Successor {
  readonly agentId: string;
  readonly instanceId?: string | undefined;
}

const STATEMENT = `
with live as materialized (
  select id
  from agent_sessions
  where agent_id = $1 and ended_at is null
    and (instance_id is null or $2::uuid is null or instance_id = $2 or lease_ends_at <= clock_timestamp())
  for update
)
update agent_sessions s set ended_at = now() from live l where s.id = l.id returning s.id`;

/**
 * Ends the live session of an agent when its successor may take over: the same instance, either of them without one, or
 * the lease has run out. Returns its id. Waits for claims, finishes and renewals in flight (`for update`, see
 * findSession). Uses agent_sessions_live_agent_key. Undefined: there was none, or it belongs to another instance.
 */
export async function endLiveSession(db: Db, { agentId, instanceId }: Successor): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [agentId, instanceId ?? null]);
  return rows[0]?.id;
}
