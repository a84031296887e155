import type { Db } from '../../db/database.ts';

/** What an environment shall run, and by which promotion. */
export interface DesiredRelease {
  readonly environment: string;
  readonly releaseId: string;
  readonly promotionId: string;
}

const STATEMENT = `
insert into desired_releases (environment, release_id, promotion_id)
values ($1, $2, $3)
on conflict (environment) do update
set release_id = excluded.release_id, promotion_id = excluded.promotion_id, decided_at = now()`;

/** Tells an environment what to run. The decisions about it are locked. */
export async function setDesiredRelease(
  db: Db,
  { environment, releaseId, promotionId }: DesiredRelease,
): Promise<void> {
  await db.query(STATEMENT, [environment, releaseId, promotionId]);
}
