import { type PromotionEvent, promotionStateAfter, promotionStatesBefore } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** How a promotion ends. */
export interface PromotionEnding {
  readonly promotionId: string;
  readonly event: Exclude<PromotionEvent, 'start'>;
  /** A stable word, and a sentence; null when it succeeded. */
  readonly code: string | null;
  readonly reason: string | null;
}

const STATEMENT = `
update promotions
set state = $2, ended_at = clock_timestamp(), ask_again_at = null, end_code = $4, end_reason = $5
where id = $1 and state = any ($3)`;

/** Ends a promotion. The decisions of its environment are locked. False: it is in no state that this event may come in. */
export async function endPromotion(db: Db, { promotionId, event, code, reason }: PromotionEnding): Promise<boolean> {
  const values = [promotionId, promotionStateAfter(event), promotionStatesBefore(event), code, reason];
  return (await db.query(STATEMENT, values)).rowCount === 1;
}
