import type { BoardPipeline } from '@towpath/api';
import type { RunState } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../../runs/runs-of-pipeline.ts';

interface Row {
  readonly environment: string;
  readonly name: string;
  readonly states: RunState[] | null;
  readonly are_of_release: boolean[] | null;
  readonly newest_id: string | null;
  readonly newest_at: string | null;
}

// Two code locations may have a pipeline of one name: its runs are one list all the same.
const STATEMENT = `
select c.environment, c.name, x.states, x.are_of_release, x.newest_id, x.newest_at
from (select distinct e.position, p.environment, p.name, d.release_id
      from environments e
      join pipelines p on p.environment = e.name and p.removed_at is null
      left join deployments d on d.environment = e.name and d.ended_at is null
      where e.kind <> 'local'
      order by e.position, p.environment, p.name
      limit 5000) c
left join lateral (
  select array_agg(r.state order by ${NEWEST_OF_PIPELINE}) as states,
         array_agg(coalesce(r.release_id = c.release_id, false) order by ${NEWEST_OF_PIPELINE}) as are_of_release,
         (array_agg(r.id order by ${NEWEST_OF_PIPELINE}))[1] as newest_id,
         (array_agg(r.created_at order by ${NEWEST_OF_PIPELINE}))[1] as newest_at
  from (select pipeline, id, state, created_at, release_id from runs r
        where ${ofPipeline('c.environment', 'c.name')}
        order by ${NEWEST_OF_PIPELINE} limit 10) r) x on true
order by c.position, c.environment, c.name`;

/**
 * How each pipeline of each environment that releases come to runs. The last runs are found by runs_pipeline_idx, ten for each
 * pipeline however long their history is; what runs there by deployments_current_key. Locks nothing.
 */
export async function listBoardPipelines(db: Db): Promise<BoardPipeline[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ environment, name, states, are_of_release, newest_id, newest_at }) => ({
    environment,
    name,
    lastRuns: states ?? [],
    areOfRelease: are_of_release ?? [],
    newestRun: newest_id === null || newest_at === null ? null : { id: newest_id, at: newest_at },
  }));
}
