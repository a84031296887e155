import type { DeliveryReport } from '@towpath/api';
import { DELIVERY_LIFE_HOURS, planRedelivery } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { endDeliveries } from '../operations/end-deliveries.ts';

/** Writes what an agent of an environment says came of deliveries. Locks: those deliveries. Idempotent. */
export function reportDeliveries(
  pool: pg.Pool,
  environment: string,
  reports: readonly DeliveryReport[],
): Promise<void> {
  return withTransaction(pool, 'report-deliveries', async (tx) => {
    const endings = reports.map(({ id, tries, outcome, error, retryAfterSeconds }) => ({
      id,
      tries,
      error,
      isDelivered: outcome === 'delivered',
      pauseSeconds: planRedelivery(tries, retryAfterSeconds),
    }));
    await endDeliveries(tx, { environment, lifeHours: DELIVERY_LIFE_HOURS }, endings);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'notification.changed', environment });
    outbox.topics.add(`deliveries:${environment}`);
    await publish(tx, outbox);
  });
}
