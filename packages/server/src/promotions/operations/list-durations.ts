import type { PipelineDurations } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../../runs/runs-of-pipeline.ts';
import { WITH_CYCLING_PIPELINES } from '../cycling-pipelines.ts';

/** Runs around a deployment. */
export interface DurationKey {
  readonly releaseId: string;
  readonly environment: string;
  /** When the release was deployed there. */
  readonly sinceAt: string;
  /** How many runs on each side. */
  readonly runs: number;
}

interface Row {
  readonly pipeline: string;
  readonly before_ms: number | null;
  readonly before_runs: number;
  readonly after_ms: number | null;
  readonly after_runs: number;
}

const STATEMENT = `${WITH_CYCLING_PIPELINES}
select p.name as pipeline, b.ms as before_ms, b.runs as before_runs, a.ms as after_ms, a.runs as after_runs
from cycling p
cross join lateral (
  select percentile_cont(0.5) within group (order by extract(epoch from r.finished_at - r.started_at)::float8 * 1000) as ms,
         count(*) as runs
  from (
    select started_at, finished_at from runs r
    where ${ofPipeline('$2', 'p.name')} and created_at < $3 and release_id is distinct from $1
      and rerun_of is null and state = 'succeeded' and started_at is not null
    order by ${NEWEST_OF_PIPELINE}
    limit $4
  ) r
) b
cross join lateral (
  select percentile_cont(0.5) within group (order by extract(epoch from r.finished_at - r.started_at)::float8 * 1000) as ms,
         count(*) as runs
  from (
    select started_at, finished_at from runs
    where release_id = $1 and environment = $2 and pipeline = p.name and created_at >= $3
      and rerun_of is null and state = 'succeeded' and started_at is not null
    order by id desc
    limit $4
  ) r
) a
order by p.name`;

/**
 * How long whole runs took before and after a deployment, for the pipelines that cycles are counted of. Before it: those of other
 * releases, or of the working tree. Uses runs_ended_idx, runs_release_idx and graphs_pkey; locks nothing.
 */
export async function listDurations(
  db: Db,
  { releaseId, environment, sinceAt, runs }: DurationKey,
): Promise<readonly PipelineDurations[]> {
  const { rows } = await db.query<Row>(STATEMENT, [releaseId, environment, sinceAt, runs]);
  return rows.map(({ pipeline, before_ms, before_runs, after_ms, after_runs }) => ({
    pipeline,
    beforeMs: before_ms,
    afterMs: after_ms,
    beforeRuns: before_runs,
    afterRuns: after_runs,
  }));
}
