import type { DeliveryView, NotificationView } from '@towpath/api';
import type { DeliveryState, Severity } from '@towpath/core';
import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';
import { NOTIFICATION_COLUMNS, type NotificationRow, toNotification } from '../notification-row.ts';

/** Which notifications, and from where on. */
export interface NotificationFilter {
  /** Only those of these environments. */
  readonly readable: ReadableEnvironments;
  readonly environment?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly state?: DeliveryState | undefined;
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

interface Row extends NotificationRow {
  readonly run_id: string | null;
  readonly deliveries: readonly DeliveryRow[];
}

interface DeliveryRow extends Pick<DeliveryView, 'id' | 'sink' | 'state' | 'tries'> {
  readonly due_at: string | null;
  readonly last_error: string | null;
  readonly ended_at: string | null;
}

const STATEMENT = `
select ${NOTIFICATION_COLUMNS}, n.run_id,
       coalesce((select jsonb_agg(to_jsonb(d) order by d.sink) from notification_deliveries d
                 where d.notification_id = n.id), '[]') as deliveries
from notifications n
where ($1::text is null or n.environment = $1)
  and ($2::text is null or n.severity = $2)
  and ($3::text is null or exists (select from notification_deliveries d
                                   where d.notification_id = n.id and d.state = $3))
  and ($4::uuid is null or n.id < $4)
  and ($5::text[] is null or n.environment = any ($5))
order by n.id desc
limit $6`;

/**
 * A page of notifications with their deliveries, newest first (uuidv7 ids grow). Uses notifications_pkey, or
 * notifications_environment_idx, and notification_deliveries_sink_key; locks nothing.
 */
export async function listNotifications(db: Db, filter: NotificationFilter): Promise<NotificationView[]> {
  const { environment, severity, state, beforeId, readable, limit } = filter;
  const values = [environment, severity, state, beforeId, readable].map((value) => value ?? null);
  const { rows } = await db.query<Row>(STATEMENT, [...values, limit]);
  return rows.map((row) => ({
    ...toNotification(row),
    runId: row.run_id,
    deliveries: row.deliveries.map(toDelivery),
  }));
}

function toDelivery({ id, sink, state, tries, due_at, last_error, ended_at }: DeliveryRow): DeliveryView {
  return { id, sink, state, tries, dueAt: toInstant(due_at), lastError: last_error, endedAt: toInstant(ended_at) };
}

/** JSON made by PostgreSQL writes offsets; elsewhere the driver has made them UTC. */
function toInstant(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}
