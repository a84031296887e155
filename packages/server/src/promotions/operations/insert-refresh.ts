import type { FullRefresh } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** What a rollback makes anew, and by which pipeline. */
export interface PlannedRefresh extends FullRefresh {
  readonly pipeline: string;
}

const STATEMENT = `
insert into refreshes (promotion_id, pipeline, models, models_between)
values ($1, $2, $3, $4)`;

/** Keeps the full refresh of a rollback; it is started when that has taken effect. */
export async function insertRefresh(
  db: Db,
  promotionId: string,
  { pipeline, models, between }: PlannedRefresh,
): Promise<void> {
  await db.query(STATEMENT, [promotionId, pipeline, JSON.stringify(models), JSON.stringify(between)]);
}
