import type { Db } from '../../db/database.ts';

const STATEMENT = `select id from runs where id = $1 for update`;

/**
 * Locks a run so that no claim takes a task of it: waits for claims in flight (they hold `key share`), later ones skip
 * it. False: no such run. Uses runs_pkey; only cancelling needs it.
 */
export async function lockRunAgainstClaims(db: Db, runId: string): Promise<boolean> {
  const answer = await db.query(STATEMENT, [runId]);
  return answer.rowCount === 1;
}
