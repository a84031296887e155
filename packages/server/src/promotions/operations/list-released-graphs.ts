import type { Graph } from '@towpath/core';
import type { RegisteredPipeline } from '../../code/check-registration.ts';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly source_file: string;
  readonly graph: Graph;
}

const STATEMENT = `
select p."sourceFile" as source_file, g.body as graph
from releases l
cross join jsonb_to_recordset(l.bill->'pipelines') as p ("sourceFile" text, "graphHash" text)
join graphs g on g.hash = p."graphHash"
where l.id = $1
order by g.body->>'pipeline'`;

/** The pipelines of a release, with their graphs. Uses releases_pkey and graphs_pkey; locks nothing. */
export async function listReleasedGraphs(db: Db, releaseId: string): Promise<readonly RegisteredPipeline[]> {
  const { rows } = await db.query<Row>(STATEMENT, [releaseId]);
  return rows.map(({ source_file, graph }) => ({ sourceFile: source_file, graph }));
}
