import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where p.environment = $1 and p.state in ('pending', 'running')`;

/** The promotion that waits or runs in an environment. Uses promotions_live_key. Undefined: none does. */
export async function findLivePromotion(db: Db, environment: string): Promise<PromotionView | undefined> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment]);
  return rows[0] && toPromotionView(rows[0]);
}
