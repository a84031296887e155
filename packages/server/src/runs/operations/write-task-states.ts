import type { TaskState } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import type { TaskKey } from './list-waiting-tasks.ts';

/** What becomes of a task: a running one ended or is tried again, a waiting one has fewer upstreams to wait for. */
export interface TaskStateChange extends TaskKey {
  readonly from: Extract<TaskState, 'running' | 'waiting'>;
  readonly to: TaskState;
  /** Until a ready task may be claimed. */
  readonly delaySeconds?: number;
  /** Counters of a waiting task. */
  readonly waitingOn?: number;
  readonly upstreamsFailed?: number;
  readonly upstreamsSkipped?: number;
}

const STATEMENT = `
update run_tasks t
set state = c.state,
    ready_at = case when c.state = 'ready' then now() + make_interval(secs => c.delay_seconds) end,
    waiting_on = coalesce(c.waiting_on, t.waiting_on),
    upstreams_failed = coalesce(c.upstreams_failed, t.upstreams_failed),
    upstreams_skipped = coalesce(c.upstreams_skipped, t.upstreams_skipped)
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::double precision[], $6::integer[], $7::integer[],
            $8::integer[])
       as c (run_id, task_id, before, state, delay_seconds, waiting_on, upstreams_failed, upstreams_skipped)
where t.run_id = c.run_id and t.task_id = c.task_id and t.state = c.before`;

/** Writes new states of tasks, each only from the state it is expected in. Their runs are locked. Uses run_tasks_pkey. */
export async function writeTaskStates(db: Db, changes: readonly TaskStateChange[]): Promise<void> {
  if (changes.length === 0) return;
  await db.query(STATEMENT, [
    changes.map(({ runId }) => runId),
    changes.map(({ taskId }) => taskId),
    changes.map(({ from }) => from),
    changes.map(({ to }) => to),
    changes.map(({ delaySeconds }) => delaySeconds ?? 0),
    changes.map(({ waitingOn }) => waitingOn ?? null),
    changes.map(({ upstreamsFailed }) => upstreamsFailed ?? null),
    changes.map(({ upstreamsSkipped }) => upstreamsSkipped ?? null),
  ]);
}
