import type { Db } from '../../db/database.ts';

/** The run of a full refresh, or why there is none. */
export type RefreshStart =
  | { readonly runId: string }
  | { readonly problem: { readonly code: string; readonly message: string } };

const STATEMENT = `
update refreshes set run_id = $2, problem = $3
where promotion_id = $1 and run_id is null and problem is null`;

/** Keeps how a full refresh was started. Uses refreshes_unstarted_idx. False: it was before, and the run must not be. */
export async function writeRefreshStart(db: Db, promotionId: string, start: RefreshStart): Promise<boolean> {
  const values = 'runId' in start ? [start.runId, null] : [null, JSON.stringify(start.problem)];
  return (await db.query(STATEMENT, [promotionId, ...values])).rowCount === 1;
}
