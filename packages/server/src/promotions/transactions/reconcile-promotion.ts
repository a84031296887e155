// What a server does about a promotion, as often as it likes: it finds out what is true, and goes on from there. Two servers
// that do so at once follow each other, and the second one finds nothing to do.
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { lookAtRunning } from '../look-at-running.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';

/** Judges or watches the promotion that lives in an environment, if any. Locks: the decisions about it. Idempotent. */
export async function reconcilePromotion(pool: pg.Pool, book: HolidayBook, environment: string): Promise<void> {
  await book.load();
  await withTransaction(pool, 'reconcile-promotion', async (tx) => {
    await lockDecisions(tx, environment);
    const promotion = await findLivePromotion(tx, environment);
    const outbox = createOutbox();
    if (promotion?.state === 'pending') await judgePending(tx, book, promotion, outbox);
    if (promotion?.state === 'running') await lookAtRunning(tx, promotion, outbox);
    await publish(tx, outbox);
  });
}
