import type { Graph } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = 'select g.hash, g.body from graphs g where g.hash = any($1::text[])';

/** Graphs by their hash. Uses graphs_pkey; locks nothing, since a graph never changes. */
export async function findGraphs(db: Db, hashes: readonly string[]): Promise<ReadonlyMap<string, Graph>> {
  const { rows } = await db.query<{ hash: string; body: Graph }>(STATEMENT, [hashes]);
  return new Map(rows.map(({ hash, body }) => [hash, body]));
}
