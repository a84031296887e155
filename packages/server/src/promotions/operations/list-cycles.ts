import type { PipelineCycles } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { WITH_CYCLING_PIPELINES } from '../cycling-pipelines.ts';

/** Runs of a release in an environment, from an instant on. */
export interface CycleKey {
  readonly releaseId: string;
  readonly environment: string;
  readonly sinceAt: string;
}

const STATEMENT = `${WITH_CYCLING_PIPELINES}
select p.name as pipeline,
       (select count(*) from runs r
        where r.release_id = $1 and r.environment = $2 and r.pipeline = p.name and r.created_at >= $3
          and r.rerun_of is null and r.state = 'succeeded'
          and not exists (
            select from runs f
            where f.release_id = $1 and f.environment = $2 and f.pipeline = p.name and f.id > r.id
              and f.rerun_of is null and f.state = 'failed')) as successes_in_a_row
from cycling p
order by p.name`;

/**
 * How often each pipeline of a release ran through since its last failure: those with schedules, or all where none has one.
 * Re-runs don't count: they are no whole cycles. Uses runs_release_idx and graphs_pkey; locks nothing.
 */
export async function listCycles(db: Db, { releaseId, environment, sinceAt }: CycleKey): Promise<PipelineCycles[]> {
  const { rows } = await db.query<{ pipeline: string; successes_in_a_row: number }>(STATEMENT, [
    releaseId,
    environment,
    sinceAt,
  ]);
  return rows.map(({ pipeline, successes_in_a_row }) => ({ pipeline, successesInARow: successes_in_a_row }));
}
