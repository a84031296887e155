import type pg from 'pg';
import { restoreUncertainAttempts } from '../../attempts/operations/restore-uncertain-attempts.ts';
import { withFrequentTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findSession, type SessionKey } from '../operations/find-session.ts';
import { lockSession } from '../operations/lock-session.ts';
import { renewSession } from '../operations/renew-session.ts';
import { sessionEnded, sessionUnknown } from '../session-errors.ts';

/** How long a session lives without another word. */
export interface LeaseOptions {
  readonly pool: pg.Pool;
  readonly leaseSeconds: number;
}

/**
 * Renews the lease; attempts that had become uncertain by the silence of this very session are running again. Locks: the
 * session, which waits for nothing but its end; after a silence also against claims and finishes, then its attempts.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function renewSessionLease({ pool, leaseSeconds }: LeaseOptions, key: SessionKey): Promise<void> {
  return withFrequentTransaction(pool, 'renew-session', async (tx) => {
    const renewed = await renewSession(tx, key, leaseSeconds);
    if (!renewed) throw (await findSession(tx, key)) ? sessionEnded() : sessionUnknown();
    if (!renewed.wasSilent) return;
    // A start or a finish in flight may hold some of the attempts that are restored here, in another order.
    await lockSession(tx, key);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'agent.changed', environment: renewed.environment });
    for (const attempt of await restoreUncertainAttempts(tx, key.sessionId)) {
      outbox.events.push({ kind: 'attempt.changed', ...attempt });
    }
    outbox.topics.add('leases');
    await publish(tx, outbox);
  });
}
