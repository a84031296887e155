import type { Db } from '../../db/database.ts';

/** The task of a run whose failure came first. */
export interface FirstFailure {
  readonly runId: string;
  readonly taskId: string;
  readonly reasonCode: string | null;
}

interface Row {
  readonly run_id: string;
  readonly task_id: string;
  readonly reason_code: string | null;
}

const STATEMENT = `
select distinct on (a.run_id) a.run_id, a.task_id, a.reason_code
from run_tasks t
join attempts a on a.run_id = t.run_id and a.task_id = t.task_id and a.number = t.attempts_used
where t.run_id = any ($1::uuid[]) and t.state in ('failed', 'errored')
order by a.run_id, a.finished_at, t.position`;

/** What each run failed of, by the last attempt of each failed task. Only for runs that failed. Uses run_tasks_pkey, attempts_number_key. */
export async function listFirstFailures(db: Db, runIds: readonly string[]): Promise<readonly FirstFailure[]> {
  const { rows } = await db.query<Row>(STATEMENT, [runIds]);
  return rows.map(({ run_id, task_id, reason_code }) => ({ runId: run_id, taskId: task_id, reasonCode: reason_code }));
}
