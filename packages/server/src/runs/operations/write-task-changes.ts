import type { TaskChange } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A change of a task that waited. */
export interface RunTaskChange extends TaskChange {
  readonly runId: string;
}

const STATEMENT = `
update run_tasks t
set state = c.state, waiting_on = c.waiting_on, upstreams_failed = c.upstreams_failed,
    upstreams_skipped = c.upstreams_skipped, ready_at = case when c.state = 'ready' then now() end
from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::integer[])
  as c (run_id, task_id, state, waiting_on, upstreams_failed, upstreams_skipped)
where t.run_id = c.run_id and t.task_id = c.task_id and t.state = 'waiting'`;

/** Writes what became of waiting tasks. Their runs are locked. Uses run_tasks_pkey. */
export async function writeTaskChanges(db: Db, changes: readonly RunTaskChange[]): Promise<void> {
  if (changes.length === 0) return;
  await db.query(STATEMENT, [
    changes.map(({ runId }) => runId),
    changes.map(({ taskId }) => taskId),
    changes.map(({ state }) => state),
    changes.map(({ waitingOn }) => waitingOn),
    changes.map(({ upstreamsFailed }) => upstreamsFailed),
    changes.map(({ upstreamsSkipped }) => upstreamsSkipped),
  ]);
}
