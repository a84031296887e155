// What an agent saw of the datakits of its environment, kept as it was told.
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { type InventoryReport, saveInventory } from '../operations/save-inventory.ts';

/**
 * Keeps the report of a session's environment; the last of several agents counts. Locks: the session against its end, the
 * environment's report. Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function reportDatakits(pool: pg.Pool, key: SessionKey, report: InventoryReport): Promise<void> {
  return withTransaction(pool, 'report-datakits', async (tx) => {
    const session = await findSession(tx, key);
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    const { environment } = session;
    await saveInventory(tx, { environment, agentId: key.agentId }, report);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'environment.changed', environment });
    await publish(tx, outbox);
  });
}
