import type { TakenDelivery } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { NOTIFICATION_COLUMNS, type NotificationRow, toNotification } from '../notification-row.ts';

/** Who takes, and how much. */
export interface DeliveryClaim {
  readonly environment: string;
  readonly sessionId: string;
  readonly limit: number;
  readonly leaseSeconds: number;
}

interface Row extends NotificationRow {
  readonly id: string;
  readonly sink: string;
  readonly tries: number;
}

const STATEMENT = `
with due as materialized (
  select id
  from notification_deliveries
  where environment = $1 and due_at <= now()
  order by due_at
  limit $2
  for no key update skip locked
), taken as (
  update notification_deliveries d
  set state = 'sending', session_id = $4, tries = d.tries + 1, due_at = now() + make_interval(secs => $3)
  from due
  where d.id = due.id
  returning d.id, d.notification_id, d.sink, d.tries
)
select t.id, t.sink, t.tries, ${NOTIFICATION_COLUMNS}
from taken t
join notifications n on n.id = t.notification_id
order by n.id, t.sink`;

/**
 * Takes deliveries that are due, those included whose lease has ended without a report. Skips what others are taking. Uses
 * notification_deliveries_due_idx. No rows: nothing is due.
 */
export async function claimDeliveries(db: Db, claim: DeliveryClaim): Promise<TakenDelivery[]> {
  const { rows } = await db.query<Row>(STATEMENT, [
    claim.environment,
    claim.limit,
    claim.leaseSeconds,
    claim.sessionId,
  ]);
  return rows.map((row) => ({ id: row.id, sink: row.sink, tries: row.tries, notification: toNotification(row) }));
}
