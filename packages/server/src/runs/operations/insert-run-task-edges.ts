import type { Db } from '../../db/database.ts';

const STATEMENT = `
insert into run_task_edges (run_id, upstream_id, downstream_id)
select distinct r.id, upstream, t.task_id
from runs r
join graph_tasks t on t.graph_hash = r.graph_hash
cross join lateral jsonb_array_elements_text(t.spec->'dependsOn') as upstream
where r.id = any ($1::uuid[])`;

/** Gives new runs the edges between their tasks. Once per run, after its tasks. */
export async function insertRunTaskEdges(db: Db, runIds: readonly string[]): Promise<void> {
  await db.query(STATEMENT, [runIds]);
}
