import type { SentGrant } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { type GrantRow, ORDER_OF_GRANTS, selectGrants, toSentGrant } from './grant-row.ts';

/** A session with free slots. */
export interface Claim {
  readonly environment: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly host: string;
  readonly slots: number;
  /** Tasks that need more are left to others. */
  readonly protocol: number;
  /** Pools locked in this transaction. */
  readonly pools: readonly string[];
}

const STATEMENT = `
with room (pool, free) as materialized (
  select '', $2::integer
  union all
  select p.name, greatest(0, least($2, p.slots - (
    select count(*) from attempts a
    where a.environment = $1 and a.pool = p.name and a.pool <> '' and a.state in ('granted', 'running', 'uncertain')
  )))::integer
  from pools p
  where p.environment = $1 and p.name = any ($6::text[])
), fitting as materialized (
  select c.*
  from room cross join lateral (
    select t.run_id, t.task_id, t.pool, t.priority, t.position
    from run_tasks t
    join runs r on r.id = t.run_id
    where t.environment = $1 and t.pool = room.pool and t.state = 'ready' and t.ready_at <= now() and t.requires <= $7
    order by t.priority desc, t.run_id, t.position
    limit room.free
    for no key update of t skip locked
    for key share of r skip locked
  ) c
), picked as materialized (
  select run_id, task_id, pool from fitting order by priority desc, run_id, position limit $2
), taken as (
  update run_tasks t
  set state = 'running', ready_at = null, attempts_used = t.attempts_used + 1
  from picked p
  where t.run_id = p.run_id and t.task_id = p.task_id
  returning t.run_id, t.task_id, t.graph_hash, t.attempts_used, t.pool
), granted as (
  insert into attempts (run_id, task_id, number, environment, session_id, agent_id, host, spec_hash, pool)
  select k.run_id, k.task_id, k.attempts_used, $1, $3, $4, $5, g.spec_hash, k.pool
  from taken k
  join graph_tasks g on g.graph_hash = k.graph_hash and g.task_id = k.task_id
  returning id, epoch, run_id, task_id, number, environment, spec_hash
), queued as materialized (
  select id from runs where id in (select run_id from taken) and state = 'queued' order by id for no key update
), begun as (
  update runs r set state = 'running', started_at = now() from queued q where r.id = q.id
)
${selectGrants('granted')}
${ORDER_OF_GRANTS}`;

/**
 * Grants ready tasks, the highest priority first, then the oldest run, each as a new attempt with epoch 1; of a pool no
 * more than it has room for; their runs have begun by that. Locks: tasks, skipping those another claim holds; then their runs in
 * `key share`, skipping runs that are being cancelled (an ending run doesn't conflict); of those, the ones that begin in id
 * order. Uses run_tasks_room_idx and attempts_pool_idx. No rows: nothing is ready now. The session and the pools are locked;
 * the hottest statement of the server.
 */
export async function claimTasks(db: Db, claim: Claim): Promise<SentGrant[]> {
  const { environment, slots, sessionId, agentId, host, pools, protocol } = claim;
  const { rows } = await db.query<GrantRow>(STATEMENT, [environment, slots, sessionId, agentId, host, pools, protocol]);
  return rows.map((row) => toSentGrant(row, protocol));
}
