import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../../runs/runs-of-pipeline.ts';
import type { CycleKey } from './list-cycles.ts';

/** The result document of an attempt that may tell quarantined rows. */
export interface ToldRows {
  readonly pipeline: string;
  readonly runId: string;
  readonly isSince: boolean;
  /** As the task wrote it; not parsed here, since a document with U+0000 is one that PostgreSQL refuses to look into. */
  readonly result: string;
}

interface Row {
  readonly pipeline: string;
  readonly run_id: string;
  readonly is_since: boolean;
  readonly result: string;
}

const STATEMENT = `
with pipelines as (
  select p.name
  from releases l
  cross join jsonb_to_recordset(l.bill->'pipelines') as p (name text)
  where l.id = $1
),
looked_at as (
  select p.name as pipeline, r.id as run_id, true as is_since
  from pipelines p
  cross join lateral (
    select r.id from runs r
    where r.release_id = $1 and r.environment = $2 and r.pipeline = p.name and r.created_at >= $3
      and r.state in ('succeeded', 'failed')
    order by r.id desc
    limit $4) r
  union all
  select p.name, r.id, false
  from pipelines p
  cross join lateral (
    select r.id from runs r
    where ${ofPipeline('$2', 'p.name')} and r.created_at < $3
      and r.release_id is distinct from $1 and r.state = 'succeeded' and r.rerun_of is null
    order by ${NEWEST_OF_PIPELINE}
    limit $4) r
)
select l.pipeline, l.run_id, l.is_since, a.result
from looked_at l
cross join lateral (
  select a.result::text as result from attempts a
  where a.run_id = l.run_id and a.state = 'succeeded' and a.result::text like '%"rowsQuarantined"%'
  offset 0) a
order by l.pipeline, l.run_id desc`;

/**
 * What attempts told of the last `limit` runs of each pipeline of a release in an environment: those that ended since an instant,
 * and before it whole ones of other code that succeeded. Newest run first. `offset 0` keeps
 * PostgreSQL from reading all attempts, since it takes a bill for a hundred pipelines. Uses runs_release_idx, runs_ended_idx and
 * attempts_succeeded_task_key; locks nothing.
 */
export async function listToldRows(
  db: Db,
  { releaseId, environment, sinceAt }: CycleKey,
  limit: number,
): Promise<readonly ToldRows[]> {
  const { rows } = await db.query<Row>(STATEMENT, [releaseId, environment, sinceAt, limit]);
  return rows.map(({ pipeline, run_id, is_since, result }) => ({ pipeline, runId: run_id, isSince: is_since, result }));
}
