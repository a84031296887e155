import type { Db } from '../../db/database.ts';
import type { PromotionTarget } from './find-target.ts';

const STATEMENT = `select name, kind, project from environments order by position, name`;

/** All environments in their order. There are some hundred at most; locks nothing. */
export async function listTargets(db: Db): Promise<readonly PromotionTarget[]> {
  const { rows } = await db.query<PromotionTarget>(STATEMENT);
  return rows;
}
