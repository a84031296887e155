import type { Transaction } from '../db/database.ts';
import { listPromotions } from './operations/list-promotions.ts';
import { promotionNotRetriable } from './promotion-errors.ts';

/**
 * Only the last word about an environment is tried again, and only when it failed technically. The decisions about it are locked.
 *
 * @throws TowpathError `PROMOTION_NOT_RETRIABLE`
 */
export async function requireNewest(tx: Transaction, environment: string, promotionId: string): Promise<void> {
  const [newest] = await listPromotions(tx, { environment, limit: 1 });
  if (newest?.id !== promotionId || newest.state !== 'errored') throw promotionNotRetriable(environment);
}
