import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
with done as (
  select id from promotions where environment = $1 and rolls_back_from = $2 and state = 'succeeded'
  union
  select d.ended_by
  from deployments d join promotions r on r.id = d.ended_by
  where d.environment = $1 and d.release_id = $2 and r.kind = 'rollback'
)
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where p.id = (select id from done order by id desc limit 1)`;

/**
 * The last rollback that went back from a release: that was asked to and did, or that took it away. Uses promotions_rolls_back_idx
 * and deployments_environment_idx. Undefined: none.
 */
export async function findDoneRollback(
  db: Db,
  environment: string,
  releaseId: string,
): Promise<PromotionView | undefined> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment, releaseId]);
  return rows[0] && toPromotionView(rows[0]);
}
