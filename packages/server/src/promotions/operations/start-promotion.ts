import { promotionStateAfter, promotionStatesBefore } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `
update promotions
set state = $2, started_at = clock_timestamp(), ask_again_at = clock_timestamp() + make_interval(secs => $4)
where id = $1 and state = any ($3)`;

/**
 * Lets a promotion begin; it is looked at again after `observeSeconds`. The decisions of its environment are locked. False: it
 * did not wait any more.
 */
export async function startPromotion(db: Db, promotionId: string, observeSeconds: number): Promise<boolean> {
  const values = [promotionId, promotionStateAfter('start'), promotionStatesBefore('start'), observeSeconds];
  return (await db.query(STATEMENT, values)).rowCount === 1;
}
