import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from deployments d
join promotions p on p.id = d.ended_by
join releases l on l.id = p.release_id
where d.environment = $1 and d.release_id = $2 and p.kind = 'rollback'
order by d.id desc
limit 1`;

/** The rollback that took a release away last. Uses deployments_environment_idx. Undefined: none did. */
export async function findRollbackFrom(
  db: Db,
  environment: string,
  releaseId: string,
): Promise<PromotionView | undefined> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment, releaseId]);
  return rows[0] && toPromotionView(rows[0]);
}
