import type { Db } from '../../db/database.ts';

const STATEMENT = `select rolls_back_from from promotions where id = $1`;

/** Id of the release that a rollback was asked to go back from. Uses promotions_pkey. Undefined: an older server did not keep it. */
export async function findRollbackOrigin(db: Db, promotionId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ rolls_back_from: string | null }>(STATEMENT, [promotionId]);
  return rows[0]?.rolls_back_from ?? undefined;
}
