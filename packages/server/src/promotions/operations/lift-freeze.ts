import type { Db } from '../../db/database.ts';

const STATEMENT = `update freezes set lifted_at = now(), lifted_by = $2 where id = $1 and lifted_at is null`;

/** Ends a freeze. False: it was lifted before. The decisions of its environment are locked. Uses freezes_pkey. */
export async function liftFreeze(db: Db, freezeId: string, by: string): Promise<boolean> {
  return (await db.query(STATEMENT, [freezeId, by])).rowCount === 1;
}
