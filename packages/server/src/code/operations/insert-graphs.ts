import type { Graph } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A graph with its identity. */
export interface HashedGraph {
  readonly hash: string;
  readonly graph: Graph;
}

const STATEMENT = `
insert into graphs (hash, body)
select g.hash, g.body
from unnest($1::text[], $2::jsonb[]) as g (hash, body)
order by g.hash
on conflict (hash) do nothing
returning hash`;

/** Stores graphs that are not there yet and returns their hashes. Inserts in hash order, so that two can't deadlock. */
export async function insertGraphs(db: Db, graphs: readonly HashedGraph[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ hash: string }>(STATEMENT, [
    graphs.map(({ hash }) => hash),
    graphs.map(({ graph }) => JSON.stringify(graph)),
  ]);
  return new Set(rows.map(({ hash }) => hash));
}
