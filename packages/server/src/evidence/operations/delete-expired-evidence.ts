import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from evidence
where key in (
  select key from evidence
  where claimed_until < now() - make_interval(days => $1)
  order by claimed_until
  limit $2
  for update skip locked
)`;

/** Deletes a batch of words that nobody asked for any more for so many days; returns how many. Uses evidence_claimed_idx. */
export async function deleteExpiredEvidence(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  return (await db.query(STATEMENT, [days, limit])).rowCount ?? 0;
}
