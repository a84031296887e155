import type { TriggerRule, WaitingTask } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A task of a run. */
export interface TaskKey {
  readonly runId: string;
  readonly taskId: string;
}

/** A waiting task with the upstreams that were followed to it. */
export interface WaitingRunTask extends WaitingTask {
  readonly runId: string;
}

interface Row {
  readonly run_id: string;
  readonly task_id: string;
  readonly trigger_rule: TriggerRule;
  readonly waiting_on: number;
  readonly upstreams_failed: number;
  readonly upstreams_skipped: number;
  readonly upstream_ids: readonly string[];
}

const WAITING_BEHIND = `
select t.run_id, t.task_id, t.trigger_rule, t.waiting_on, t.upstreams_failed, t.upstreams_skipped,
       array_agg(e.upstream_id) as upstream_ids
from upstream u
join run_task_edges e on e.run_id = u.run_id and e.upstream_id = u.task_id
join run_tasks t on t.run_id = e.run_id and t.task_id = e.downstream_id and t.state = 'waiting'
group by t.run_id, t.task_id`;

const DIRECT = `
with upstream (run_id, task_id) as (select * from unnest($1::uuid[], $2::text[]))
${WAITING_BEHIND}`;

/** `union` ends the recursion at tasks that were reached before. */
const ALL = `
with recursive upstream (run_id, task_id) as (
  select * from unnest($1::uuid[], $2::text[])
  union
  select e.run_id, e.downstream_id
  from upstream u
  join run_task_edges e on e.run_id = u.run_id and e.upstream_id = u.task_id
)
${WAITING_BEHIND}`;

/** What waits for one of these tasks directly. Their runs are locked, so nothing else changes waiting tasks. Uses
 * run_task_edges_pkey and run_tasks_pkey; with each finish. */
export function listDirectlyWaiting(db: Db, tasks: readonly TaskKey[]): Promise<WaitingRunTask[]> {
  return listWaiting(db, DIRECT, tasks);
}

/** What waits for one of these tasks, directly or through others. Only when something ends without having run. */
export function listAllWaiting(db: Db, tasks: readonly TaskKey[]): Promise<WaitingRunTask[]> {
  return listWaiting(db, ALL, tasks);
}

async function listWaiting(db: Db, statement: string, tasks: readonly TaskKey[]): Promise<WaitingRunTask[]> {
  if (tasks.length === 0) return [];
  const values = [tasks.map(({ runId }) => runId), tasks.map(({ taskId }) => taskId)];
  const { rows } = await db.query<Row>(statement, values);
  return rows.map((row) => ({
    runId: row.run_id,
    taskId: row.task_id,
    rule: row.trigger_rule,
    waitingOn: row.waiting_on,
    upstreamsFailed: row.upstreams_failed,
    upstreamsSkipped: row.upstreams_skipped,
    upstreamIds: row.upstream_ids,
  }));
}
