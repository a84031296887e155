import type { Db } from '../../db/database.ts';

/** A run that repeats another. */
export interface NewRerun {
  readonly originalId: string;
  readonly runNumber: number;
  readonly createdBy: string;
  readonly reusesSuccesses: boolean;
}

const STATEMENT = `
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger,
                  created_by, rerun_of)
select o.environment, $2, o.pipeline, o.code_location, o.source_file, o.graph_hash,
       (select count(*) from run_tasks t where t.run_id = o.id and not ($4::boolean and t.state = 'succeeded')),
       'rerun', $3, o.id
from runs o
where o.id = $1
returning id`;

/** Plans a run of the graph of an ended one, which exists. Uses runs_pkey and run_tasks_pkey. Returns its id. */
export async function insertRerun(db: Db, rerun: NewRerun): Promise<string> {
  const { originalId, runNumber, createdBy, reusesSuccesses } = rerun;
  const { rows } = await db.query<{ id: string }>(STATEMENT, [originalId, runNumber, createdBy, reusesSuccesses]);
  const row = rows[0];
  if (!row) throw new Error(`run ${originalId} was just read and is gone`);
  return row.id;
}
