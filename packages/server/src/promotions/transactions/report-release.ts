import type pg from 'pg';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { type ReportedRelease, saveSessionRelease } from '../operations/save-session-release.ts';

/** What an agent's session says. */
export interface ReleaseReport extends ReportedRelease {
  readonly agentId: string;
}

/**
 * Keeps what a session has loaded, or why it could not, and wakes whoever watches promotions. Locks: the session against its end.
 * Idempotent.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export function reportRelease(pool: pg.Pool, report: ReleaseReport): Promise<void> {
  return withTransaction(pool, 'report-release', async (tx) => {
    const session = await findSession(tx, report);
    if (!session) throw sessionUnknown();
    if (session.isEnded) throw sessionEnded();
    await saveSessionRelease(tx, report);
    const outbox = createOutbox();
    outbox.topics.add('promotions');
    outbox.events.push({ kind: 'environment.changed', environment: session.environment });
    await publish(tx, outbox);
  });
}
