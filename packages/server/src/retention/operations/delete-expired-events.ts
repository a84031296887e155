import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from events
where (transaction_id, id) in (
  select transaction_id, id from (
    select transaction_id, id, at from events order by transaction_id, id limit $2 for update skip locked
  ) oldest
  where at < now() - make_interval(days => $1)
)`;

/**
 * Deletes a batch of the oldest events and returns how many. They are looked at in the order they are read in, which is that of
 * their age but for transactions that lasted; so events_pkey serves, and no index of times is written with each event.
 */
export async function deleteExpiredEvents(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const answer = await db.query(STATEMENT, [days, limit]);
  return answer.rowCount ?? 0;
}
