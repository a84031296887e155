import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../../runs/runs-of-pipeline.ts';

/** A pipeline whose runs have not come to an end for longer than its environment wants. */
export interface AbsentRun {
  readonly environment: string;
  readonly pipeline: string;
  /** End of its last run; its registration when none has ended. */
  readonly since: string;
  readonly hours: number;
}

const STATEMENT = `
select e.name as environment, p.pipeline, coalesce(r.finished_at, p.registered_at) as since, w.hours::float8 as hours
from environments e
cross join lateral (select (e.declaration #>> '{alerts,noRunHours}')::numeric as hours) w
cross join lateral (
  select s.pipeline, max(s.registered_at) as registered_at
  from schedules s where s.environment = e.name and s.next_slot_at is not null
  group by s.pipeline
) p
left join lateral (
  select finished_at from runs r
  where ${ofPipeline('e.name', 'p.pipeline')} and finished_at is not null
  order by ${NEWEST_OF_PIPELINE} limit 1
) r on true
where w.hours is not null and coalesce(r.finished_at, p.registered_at) <= now() - make_interval(secs => w.hours * 3600)`;

/**
 * Pipelines with a schedule that ticks, in environments that say after how many hours a silence is one. Uses schedules_name_key
 * and runs_pipeline_idx; locks nothing.
 */
export async function listAbsentRuns(db: Db): Promise<readonly AbsentRun[]> {
  return (await db.query<AbsentRun>(STATEMENT)).rows;
}
