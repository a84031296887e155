import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../../runs/runs-of-pipeline.ts';

/** How the last run of a pipeline ended. */
export interface LastEnd {
  readonly environment: string;
  readonly pipeline: string;
  readonly state: string;
  readonly endedAtSeconds: number;
  readonly durationSeconds: number;
}

interface Row {
  readonly environment: string;
  readonly pipeline: string;
  readonly state: string;
  readonly ended_at: string;
  readonly duration: string;
}

const STATEMENT = `
select p.environment, p.name as pipeline, r.state, extract(epoch from r.finished_at) as ended_at,
       extract(epoch from r.finished_at - r.created_at) as duration
from (select distinct environment, name from pipelines where removed_at is null) p
cross join lateral (
  select state, created_at, finished_at from runs r
  where ${ofPipeline('p.environment', 'p.name')} and finished_at is not null
  order by ${NEWEST_OF_PIPELINE} limit 1
) r`;

/** Of each pipeline that is registered the latest run that has ended. Uses pipelines_name_idx and runs_pipeline_idx; locks nothing. */
export async function listLastEnds(db: Db): Promise<readonly LastEnd[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ ended_at, duration, ...rest }) => ({
    ...rest,
    endedAtSeconds: Number(ended_at),
    durationSeconds: Number(duration),
  }));
}
