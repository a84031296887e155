import type { PromotionView } from '@towpath/api';
import { isTerminalPromotionState, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { abortLocked } from '../abort-locked.ts';
import { getPromotion } from '../get-promotion.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';

/** Which promotion to end, and why. */
export interface AbortRequest {
  readonly promotionId: string;
  readonly reason: string;
  readonly by: Promoter;
}

/**
 * Ends a promotion that waits or runs. Locks: the decisions about its environment. Idempotent.
 *
 * @throws TowpathError `PROMOTION_UNKNOWN`, `PROMOTION_ENDED`, `PERMISSION_DENIED`
 */
export function abortPromotion(pool: pg.Pool, { promotionId, reason, by }: AbortRequest): Promise<PromotionView> {
  return withTransaction(pool, 'abort-promotion', async (tx) => {
    const { environment } = await getPromotion(tx, promotionId);
    await lockDecisions(tx, environment);
    await requirePromoter(tx, environment, by);
    const promotion = await getPromotion(tx, promotionId);
    if (promotion.state === 'aborted') return promotion;
    if (isTerminalPromotionState(promotion.state)) throw promotionEnded(promotion);
    const outbox = createOutbox();
    await abortLocked(tx, promotion, { by: by.name, code: 'ABORTED', reason }, outbox);
    await publish(tx, outbox);
    return getPromotion(tx, promotionId);
  });
}

function promotionEnded({ state, release, environment }: PromotionView): TowpathError {
  return new TowpathError({
    code: 'PROMOTION_ENDED',
    message: `The promotion of ${release.version} to ${environment} has ended: ${state}.`,
    fix: 'To take a release away again, roll the environment back.',
  });
}
