import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where p.environment = $1 and p.rolls_back_from = $2 and p.state = 'succeeded'
order by p.id desc
limit 1`;

/** The last rollback that was asked to go back from a release and did. Uses promotions_rolls_back_idx. Undefined: none. */
export async function findDoneRollback(
  db: Db,
  environment: string,
  releaseId: string,
): Promise<PromotionView | undefined> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment, releaseId]);
  return rows[0] && toPromotionView(rows[0]);
}
