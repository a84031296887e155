import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from notifications
where id in (
  select id from notifications
  where id < (select uuidv7(make_interval(days => -$1::integer)))
  order by id
  limit $2
  for update skip locked
)`;

/** Deletes a batch of old notifications with their deliveries and returns how many. Ids hold their time: uses notifications_pkey. */
export async function pruneNotifications(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const answer = await db.query(STATEMENT, [days, limit]);
  return answer.rowCount ?? 0;
}
