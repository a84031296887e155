import type { Db } from '../../db/database.ts';

/** A run to be planned. */
export interface NewRun {
  readonly environment: string;
  readonly pipeline: string;
  readonly runNumber: number;
  readonly trigger: string;
  readonly createdBy: string;
}

const STATEMENT = `
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by)
select p.environment, $3, p.name, p.code_location, p.source_file, p.graph_hash,
       (select count(*) from graph_tasks t where t.graph_hash = p.graph_hash), $4, $5
from pipelines p
where p.environment = $1 and p.name = $2 and p.removed_at is null
order by p.registered_at desc, p.code_location
limit 1
returning id`;

/** Plans a run of the newest registered graph. Uses pipelines_name_idx. Undefined: no such pipeline is registered. */
export async function insertRun(db: Db, run: NewRun): Promise<string | undefined> {
  const { environment, pipeline, runNumber, trigger, createdBy } = run;
  const { rows } = await db.query<{ id: string }>(STATEMENT, [environment, pipeline, runNumber, trigger, createdBy]);
  return rows[0]?.id;
}
