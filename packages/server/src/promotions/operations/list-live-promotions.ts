import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where p.state in ('pending', 'running')
order by p.id`;

/** All promotions that wait or run, oldest first: at most one an environment. Uses promotions_live_key; locks nothing. */
export async function listLivePromotions(db: Db): Promise<readonly PromotionView[]> {
  const { rows } = await db.query<PromotionRow>(STATEMENT);
  return rows.map(toPromotionView);
}
