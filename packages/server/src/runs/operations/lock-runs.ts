import type { Db } from '../../db/database.ts';

/** A locked run. */
export interface LockedRun {
  readonly id: string;
  readonly environment: string;
  readonly isCancelRequested: boolean;
  readonly unfinishedTasks: number;
}

/** As it is read. */
export interface LockedRunRow {
  readonly id: string;
  readonly environment: string;
  readonly is_cancel_requested: boolean;
  readonly unfinished_tasks: number;
}

const STATEMENT = `
select id, environment, cancel_requested_at is not null as is_cancel_requested, unfinished_tasks
from runs
where id = any ($1::uuid[])
order by id
for no key update`;

/**
 * Locks runs in id order before anything of theirs changes: endings of one run follow each other, so its counters need
 * no further locks. `no key update` lets claims (which hold `key share`) go on. Uses runs_pkey; unknown ids are left out.
 */
export async function lockRuns(db: Db, runIds: readonly string[]): Promise<LockedRun[]> {
  const { rows } = await db.query<LockedRunRow>(STATEMENT, [runIds]);
  return rows.map(toLockedRun);
}

/** Turns a row into the run. */
export function toLockedRun(row: LockedRunRow): LockedRun {
  return {
    id: row.id,
    environment: row.environment,
    isCancelRequested: row.is_cancel_requested,
    unfinishedTasks: row.unfinished_tasks,
  };
}
