import type { PromotionView } from '@towpath/api';
import type { Db } from '../db/database.ts';
import { findPromotion } from './operations/find-promotion.ts';
import { promotionUnknown } from './promotion-errors.ts';

/**
 * A promotion that must exist.
 *
 * @throws TowpathError `PROMOTION_UNKNOWN`
 */
export async function getPromotion(db: Db, promotionId: string): Promise<PromotionView> {
  const promotion = await findPromotion(db, promotionId);
  if (!promotion) throw promotionUnknown();
  return promotion;
}
