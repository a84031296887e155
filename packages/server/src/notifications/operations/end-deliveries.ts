import type { Db } from '../../db/database.ts';

/** What came of a delivery, with the pause before it is tried again. */
export interface DeliveryEnding {
  readonly id: string;
  readonly tries: number;
  readonly isDelivered: boolean;
  readonly error: string | null;
  readonly pauseSeconds: number;
}

const STATEMENT = `
update notification_deliveries d
set state = case when r.is_delivered then 'delivered' when o.is_old then 'failed' else 'waiting' end,
    due_at = case when r.is_delivered or o.is_old then null else now() + make_interval(secs => r.pause_seconds) end,
    ended_at = case when r.is_delivered or o.is_old then now() end,
    last_error = case when r.is_delivered then d.last_error else r.error end
from unnest($2::uuid[], $3::integer[], $4::boolean[], $5::text[], $6::double precision[])
       as r (id, tries, is_delivered, error, pause_seconds),
     notifications n,
     lateral (select n.occurred_at + make_interval(hours => $7)
                     < now() + make_interval(secs => r.pause_seconds) as is_old) o
where d.id = r.id and d.environment = $1 and n.id = d.notification_id and d.ended_at is null
  and (r.is_delivered or (d.tries = r.tries and d.state = 'sending'))`;

/**
 * Writes what came of deliveries of an environment. That one was delivered is believed from an older lease too; that it failed
 * only from the present one. What would be tried after its life is given up. Uses notification_deliveries_pkey. Idempotent.
 */
export async function endDeliveries(
  db: Db,
  { environment, lifeHours }: { readonly environment: string; readonly lifeHours: number },
  endings: readonly DeliveryEnding[],
): Promise<void> {
  await db.query(STATEMENT, [
    environment,
    endings.map(({ id }) => id),
    endings.map(({ tries }) => tries),
    endings.map(({ isDelivered }) => isDelivered),
    endings.map(({ error }) => error),
    endings.map(({ pauseSeconds }) => pauseSeconds),
    lifeHours,
  ]);
}
