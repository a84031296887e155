import type { Db } from '../../db/database.ts';
import { hashTaskSpec } from '../graph-hash.ts';
import type { HashedGraph } from './insert-graphs.ts';

const STATEMENT = `
insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash)
select * from unnest($1::text[], $2::text[], $3::integer[], $4::jsonb[], $5::text[])`;

/** Stores the tasks of new graphs as rows. To be called in the transaction that inserted those graphs; locks nothing. */
export async function insertGraphTasks(db: Db, graphs: readonly HashedGraph[]): Promise<void> {
  const rows = graphs.flatMap(({ hash, graph }) => graph.tasks.map((task, position) => ({ hash, task, position })));
  if (rows.length === 0) return;
  await db.query(STATEMENT, [
    rows.map(({ hash }) => hash),
    rows.map(({ task }) => task.id),
    rows.map(({ position }) => position),
    rows.map(({ task }) => JSON.stringify(task)),
    rows.map(({ task }) => hashTaskSpec(task)),
  ]);
}
