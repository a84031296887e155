import type { Db } from '../../db/database.ts';

/** A session with free slots. */
export interface Claim {
  readonly environment: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly host: string;
  readonly slots: number;
}

/** An attempt that was just granted. */
export interface ClaimedAttempt {
  readonly attemptId: string;
  readonly runId: string;
}

const STATEMENT = `
with picked as materialized (
  select t.run_id, t.task_id
  from run_tasks t
  join runs r on r.id = t.run_id
  where t.environment = $1 and t.state = 'ready' and t.ready_at <= now()
  order by t.run_id, t.position
  limit $2
  for no key update of t skip locked
  for key share of r skip locked
), taken as (
  update run_tasks t
  set state = 'running', ready_at = null, attempts_used = t.attempts_used + 1
  from picked p
  where t.run_id = p.run_id and t.task_id = p.task_id
  returning t.run_id, t.task_id, t.graph_hash, t.attempts_used
)
insert into attempts (run_id, task_id, number, environment, session_id, agent_id, host, spec_hash)
select k.run_id, k.task_id, k.attempts_used, $1, $3, $4, $5, g.spec_hash
from taken k
join graph_tasks g on g.graph_hash = k.graph_hash and g.task_id = k.task_id
returning id, run_id`;

/**
 * Grants ready tasks, oldest run first, each as a new attempt with epoch 1. Locks: tasks, skipping those another claim
 * holds; then their runs in `key share`, skipping runs that are being cancelled (an ending run doesn't conflict). Uses
 * run_tasks_claim_idx. No rows: nothing is ready now. The session is locked; the hottest statement of the server.
 */
export async function claimTasks(db: Db, claim: Claim): Promise<ClaimedAttempt[]> {
  const { environment, slots, sessionId, agentId, host } = claim;
  const { rows } = await db.query<{ id: string; run_id: string }>(STATEMENT, [
    environment,
    slots,
    sessionId,
    agentId,
    host,
  ]);
  return rows.map(({ id, run_id }) => ({ attemptId: id, runId: run_id }));
}
