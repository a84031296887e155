import type { PromotionView } from '@towpath/api';
import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';
import { PROMOTION_COLUMNS, type PromotionRow, toPromotionView } from '../promotion-row.ts';

/** Which promotions. */
export interface PromotionFilter {
  /** Only those of these environments. */
  readonly readable: ReadableEnvironments;
  readonly environment?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select ${PROMOTION_COLUMNS}
from promotions p join releases l on l.id = p.release_id
where ($1::text is null or p.environment = $1)
  and ($2::text[] is null or p.environment = any ($2))
order by p.id desc
limit $3`;

/** Promotions, newest first (uuidv7 ids grow). Uses promotions_pkey or promotions_environment_idx; locks nothing. */
export async function listPromotions(
  db: Db,
  { environment, readable, limit }: PromotionFilter,
): Promise<PromotionView[]> {
  const { rows } = await db.query<PromotionRow>(STATEMENT, [environment ?? null, readable, limit]);
  return rows.map(toPromotionView);
}
