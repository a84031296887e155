import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
select ${PROMOTION_COLUMNS} from promotions p join releases l on l.id = p.release_id where p.id = $1`;

/** One promotion. Uses promotions_pkey; locks nothing. Undefined: there is none. */
export async function findPromotion(db: Db, promotionId: string): Promise<PromotionView | undefined> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [promotionId]);
  return rows[0] && toPromotionView(rows[0]);
}
