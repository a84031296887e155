import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from log_chunks
where ctid = any (array(
  select c.ctid
  from attempts a
  cross join lateral (select ctid from log_chunks l where l.attempt_id = a.id limit $2) c
  where a.run_id = any ($1::uuid[])
  limit $2
))`;

/**
 * Deletes a batch of the logs of these runs and returns how many chunks: a log may have gigabytes, and a transaction that
 * long would keep vacuum from everything else. The caller holds the runs. A chunk never
 * changes, so its place (ctid) does not either; by places, and log by log, no plan is tempted to read the whole table. Uses attempts_number_key, log_chunks_pkey.
 */
export async function deleteLogChunks(
  db: Db,
  { runIds, limit }: { readonly runIds: readonly string[]; readonly limit: number },
): Promise<number> {
  const answer = await db.query(STATEMENT, [runIds, limit]);
  return answer.rowCount ?? 0;
}
