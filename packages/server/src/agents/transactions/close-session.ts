import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { endIdleSession } from '../operations/end-idle-session.ts';
import type { SessionKey } from '../operations/find-session.ts';
import { lockSession } from '../operations/lock-session.ts';
import { sessionUnknown } from '../session-errors.ts';

/**
 * Ends a session that holds no attempts; true when it has ended, now or before. Locks: the session. Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`
 */
export function closeSession(pool: pg.Pool, key: SessionKey): Promise<boolean> {
  return withTransaction(pool, 'close-session', async (tx) => {
    const session = await lockSession(tx, key);
    if (!session) throw sessionUnknown();
    if (session.isEnded) return true;
    // Its own statement: only now that the session is locked can no claim add an attempt behind our back.
    if (!(await endIdleSession(tx, key.sessionId))) return false;
    const outbox = createOutbox();
    outbox.events.push({ kind: 'agent.changed', environment: session.environment });
    outbox.topics.add(`session:${key.sessionId}`);
    await publish(tx, outbox);
    return true;
  });
}
