import type { NotificationView } from '@towpath/api';
import { describeNotification, type NotificationFacts } from '@towpath/core';

/** A row of `NOTIFICATION_COLUMNS`. */
export interface NotificationRow {
  readonly notification_id: string;
  readonly environment: string;
  readonly severity: NotificationView['severity'];
  readonly facts: NotificationFacts;
  readonly occurred_at: string;
}

export const NOTIFICATION_COLUMNS = 'n.id as notification_id, n.environment, n.severity, n.facts, n.occurred_at';

/** Turns a row into the notification as everybody reads it. */
export function toNotification(row: NotificationRow): Omit<NotificationView, 'runId' | 'deliveries'> {
  const { notification_id, environment, severity, facts, occurred_at } = row;
  const words = describeNotification(environment, facts);
  return { id: notification_id, environment, kind: facts.kind, severity, ...words, at: occurred_at };
}
