import { MAX_REPORTED_DATAKITS, MAX_REPORTED_VERSIONS } from '@towpath/api';
import type { Db } from '../../db/database.ts';

/** A datakit with the versions that pipelines name. */
export interface NamedDatakit {
  readonly name: string;
  readonly versions: string[];
}

const STATEMENT = `
select n.name, (array_agg(n.version order by n.version))[1:$2] as versions
from (
  select distinct g.spec -> 'datakit' ->> 'name' as name, g.spec -> 'datakit' ->> 'version' as version
  from pipelines p
  join graph_tasks g on g.graph_hash = p.graph_hash
  where p.environment = $1 and p.removed_at is null and g.spec ? 'datakit'
) n
group by n.name
order by n.name
limit $3`;

/**
 * What the tasks of the environment's pipelines run, by name. Reads all tasks of these pipelines, some times an hour for each
 * agent. Uses pipelines_name_idx and graph_tasks_pkey; locks nothing.
 */
export async function listNamedDatakits(db: Db, environment: string): Promise<NamedDatakit[]> {
  const { rows } = await db.query<NamedDatakit>(STATEMENT, [environment, MAX_REPORTED_VERSIONS, MAX_REPORTED_DATAKITS]);
  return rows;
}
