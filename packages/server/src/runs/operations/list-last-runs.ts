import type { RunSummary } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { RUN_SUMMARY_COLUMNS, type RunSummaryRow, toRunSummary } from '../run-summary-row.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../runs-of-pipeline.ts';

/** A pipeline of an environment, whichever code location it comes from. */
export interface PipelineKey {
  readonly environment: string;
  readonly pipeline: string;
}

const STATEMENT = `
select last.*
from (select distinct environment, pipeline from unnest($1::text[], $2::text[]) as k (environment, pipeline)) k
cross join lateral (
  select ${RUN_SUMMARY_COLUMNS}
  from runs r
  where ${ofPipeline('k.environment', 'k.pipeline')}
  order by ${NEWEST_OF_PIPELINE}
  limit $3
) last
order by last.id desc`;

/** The newest runs of each pipeline, newest first. Uses runs_pipeline_idx backwards; locks nothing. */
export async function listLastRuns(db: Db, keys: readonly PipelineKey[], limit: number): Promise<RunSummary[]> {
  const { rows } = await db.query<RunSummaryRow>(STATEMENT, [
    keys.map(({ environment }) => environment),
    keys.map(({ pipeline }) => pipeline),
    limit,
  ]);
  return rows.map(toRunSummary);
}
