// What a server does about a promotion, as often as it likes: it finds out what is true, and goes on from there. Two servers
// that do so at once follow each other, and the second one finds nothing to do.
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { breakPromotion } from '../break-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { lookAtRunning } from '../look-at-running.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';

/** Judges or watches the promotion that lives in an environment, if any. Locks: the decisions about it. Idempotent. */
export async function reconcilePromotion(pool: pg.Pool, book: HolidayBook, environment: string): Promise<void> {
  await book.load();
  try {
    await withTransaction(pool, 'reconcile-promotion', async (tx) => {
      await lockDecisions(tx, environment);
      const promotion = await findLivePromotion(tx, environment);
      const outbox = createOutbox();
      if (promotion?.state === 'pending') await judgePending(tx, book, promotion, outbox);
      if (promotion?.state === 'running') await lookAtRunning(tx, promotion, outbox);
      await publish(tx, outbox);
    });
  } catch (thrown) {
    // What the product itself refuses (a pool that is gone) would be refused again and again.
    if (!(thrown instanceof TowpathError) || !isLasting(thrown)) throw thrown;
    await breakRunning(pool, environment, thrown);
  }
}

const LASTING: readonly string[] = ['GRAPH_INVALID', 'BUNDLE_UNKNOWN', 'RELEASE_UNKNOWN'];

function isLasting({ code }: TowpathError): boolean {
  return LASTING.includes(code);
}

function breakRunning(pool: pg.Pool, environment: string, error: TowpathError): Promise<void> {
  return withTransaction(pool, 'break-promotion', async (tx) => {
    await lockDecisions(tx, environment);
    const promotion = await findLivePromotion(tx, environment);
    if (promotion?.state !== 'running') return;
    const outbox = createOutbox();
    const reason = [error.message, error.reason].filter(Boolean).join(' ');
    await breakPromotion(tx, promotion, { code: error.code, reason }, outbox);
    await publish(tx, outbox);
  });
}
