import type { Db } from '../../db/database.ts';

/** A run that repeats another. */
export interface NewRerun {
  readonly originalId: string;
  readonly runNumber: number;
  readonly createdBy: string;
  readonly unfinishedTasks: number;
  readonly note?: string | undefined;
}

const STATEMENT = `
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, bundle_hash, parameters,
                  logical_at, logical_date, unfinished_tasks, trigger, created_by, rerun_of, note, release_id)
select o.environment, $2, o.pipeline, o.code_location, o.source_file, o.graph_hash, o.bundle_hash, o.parameters,
       coalesce(o.logical_at, o.created_at), coalesce(o.logical_date, (o.created_at at time zone 'UTC')::date),
       $4, 'rerun', $3, o.id, $5, o.release_id
from runs o
where o.id = $1
returning id`;

/** Plans a run with code and parameters of an ended one, which exists; it stands for the same instant. Uses runs_pkey. */
export async function insertRerun(db: Db, rerun: NewRerun): Promise<string> {
  const { originalId, runNumber, createdBy, unfinishedTasks, note } = rerun;
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    originalId,
    runNumber,
    createdBy,
    unfinishedTasks,
    note ?? null,
  ]);
  const row = rows[0];
  if (!row) throw new Error(`run ${originalId} was just read and is gone`);
  return row.id;
}
