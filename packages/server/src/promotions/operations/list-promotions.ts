import type { PromotionView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

/** Which promotions. */
export interface PromotionFilter {
  readonly environment?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where $1::text is null or p.environment = $1
order by p.id desc
limit $2`;

/** Promotions, newest first (uuidv7 ids grow). Uses promotions_pkey or promotions_environment_idx; locks nothing. */
export async function listPromotions(db: Db, { environment, limit }: PromotionFilter): Promise<PromotionView[]> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment ?? null, limit]);
  return rows.map(toPromotionView);
}
