import type { PromotionView } from '@towpath/api';
import type pg from 'pg';
import { getPromotion } from '../get-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { findDeployedRelease } from '../operations/find-deployed-release.ts';
import { findRollbackOrigin } from '../operations/find-rollback-origin.ts';
import type { Promoter } from '../promoter.ts';
import { promotionNotRetriable } from '../promotion-errors.ts';
import { openPromotion } from './open-promotion.ts';
import { rollBack } from './roll-back.ts';

/** Which promotion to try again, and who asks. */
export interface RetryRequest {
  readonly promotionId: string;
  readonly by: Promoter;
}

/**
 * Asks again for what failed technically, in the name of who retries it: gates are judged anew. Locks as what it opens. Asked
 * again while that lives, it is the same.
 *
 * @throws TowpathError `PROMOTION_UNKNOWN`, `PROMOTION_NOT_RETRIABLE`, and those of `openPromotion` and `rollBack`
 */
export async function retryPromotion(
  pool: pg.Pool,
  book: HolidayBook,
  { promotionId, by }: RetryRequest,
): Promise<PromotionView> {
  const failed = await getPromotion(pool, promotionId);
  const { environment, release, kind, rollbackPlan, changeRecord, notBefore, note, emergency } = failed;
  if (failed.state !== 'errored') throw promotionNotRetriable(environment);
  if (kind === 'rollback') return rollBackAgain(pool, book, failed, by);
  return openPromotion(pool, book, {
    ...{ releaseId: release.id, environment, by, retryOf: promotionId },
    rollbackPlan: rollbackPlan ?? undefined,
    changeRecord: changeRecord ?? undefined,
    notBefore: notBefore ?? undefined,
    note: note ?? undefined,
    emergency: emergency ? { reason: emergency.reason } : undefined,
  });
}

async function rollBackAgain(
  pool: pg.Pool,
  book: HolidayBook,
  { id: retryOf, environment, release, note, refresh }: PromotionView,
  by: Promoter,
): Promise<PromotionView> {
  const from = (await findRollbackOrigin(pool, retryOf)) ?? (await findDeployedRelease(pool, environment));
  if (from === undefined) throw promotionNotRetriable(environment);
  const fullRefresh = refresh ? { models: refresh.models, pipeline: refresh.pipeline } : undefined;
  const reason = note ?? 'Once more.';
  return rollBack(pool, book, { environment, from, to: release.id, reason, fullRefresh, by, retryOf });
}
