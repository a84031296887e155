// How transactions of other capabilities tell something: into the outbox of deliveries, with the hints that wake agents.
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { type NewNotification, writeNotifications } from './operations/write-notifications.ts';

/** Writes notifications with the transaction they belong to; costs nothing when there are none. The caller publishes. */
export async function notify(
  tx: Transaction,
  notifications: readonly NewNotification[],
  outbox: Outbox,
): Promise<void> {
  if (notifications.length === 0) return;
  await writeNotifications(tx, notifications);
  for (const environment of new Set(notifications.map((one) => one.environment))) {
    outbox.events.push({ kind: 'notification.changed', environment });
    outbox.topics.add(`deliveries:${environment}`);
  }
}
