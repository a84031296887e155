// What an agent saw of the datakits of its environment, kept as it was told; what is not as it should be is told to people.
import type pg from 'pg';
import { findSession, type SessionKey } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { notify } from '../../notifications/notify.ts';
import type { NewNotification } from '../../notifications/operations/write-notifications.ts';
import { listDatakitNames } from '../operations/list-datakit-names.ts';
import { listInventory } from '../operations/list-inventory.ts';
import { type InventoryReport, saveInventory } from '../operations/save-inventory.ts';
import { toDatakitViews } from '../to-datakit-views.ts';

/**
 * Keeps the report of a session's environment; the last of several agents counts. Locks: the session against its end, the
 * environment's report. Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function reportDatakits(
  pool: pg.Pool,
  key: SessionKey,
  { report, platformVersion }: { readonly report: InventoryReport; readonly platformVersion: string },
): Promise<void> {
  return withTransaction(pool, 'report-datakits', async (tx) => {
    const session = await findSession(tx, key);
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    const { environment } = session;
    await saveInventory(tx, { environment, agentId: key.agentId }, report);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'environment.changed', environment });
    await notify(tx, await listUnexpected(tx, platformVersion), outbox);
    await publish(tx, outbox);
  });
}

/** More names than these are no project's. */
const NAMES = 1000;

/**
 * What is wrong in all environments: one that reports tells something about those after it as well. Each is told once; what a laptop
 * has is its owner's.
 */
async function listUnexpected(tx: Transaction, platformVersion: string): Promise<readonly NewNotification[]> {
  const names = await listDatakitNames(tx, { readable: null, limit: NAMES });
  const views = toDatakitViews(await listInventory(tx, names, null), platformVersion);
  return views.flatMap(({ name, environments }) =>
    environments
      .filter(({ kind }) => kind !== 'local')
      .flatMap(({ environment, alerts }) =>
        alerts.map((alert) => ({
          environment,
          facts: { kind: 'datakit.unexpected', datakit: name, ...alert } as const,
        })),
      ),
  );
}
