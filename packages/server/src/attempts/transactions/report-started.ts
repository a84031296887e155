import type pg from 'pg';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionUnknown } from '../../agents/session-errors.ts';
import { withFrequentTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { listOwnAttempts } from '../operations/list-own-attempts.ts';
import { markAttemptsStarted, type StartReport } from '../operations/mark-attempts-started.ts';

/**
 * Notes started attempts and returns the stale ones. Locks: the session (key share), then the attempts. Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`
 */
export function reportStarted(pool: pg.Pool, report: StartReport): Promise<string[]> {
  return withFrequentTransaction(pool, 'report-started', async (tx) => {
    const session = await findSession(tx, report);
    if (!session) throw sessionUnknown();
    const ids = report.attempts.map(({ attemptId }) => attemptId);
    if (session.isEnded) return ids;
    const outbox = createOutbox();
    for (const attempt of await markAttemptsStarted(tx, report)) {
      outbox.events.push({ kind: 'attempt.changed', ...attempt });
    }
    await publish(tx, outbox);
    const own = await listOwnAttempts(tx, report);
    return ids.filter((id) => !own.has(id));
  });
}
