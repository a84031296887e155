import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(due_at) - now()) * 1000 as due_ms
from notification_deliveries
where environment = $1 and due_at is not null`;

/** Milliseconds until a delivery is due; undefined: there is none. Uses notification_deliveries_due_idx. */
export async function findNextDelivery(db: Db, environment: string): Promise<number | undefined> {
  const { rows } = await db.query<{ due_ms: string | null }>(STATEMENT, [environment]);
  const due = rows[0]?.due_ms ?? null;
  return due === null ? undefined : Number(due);
}
