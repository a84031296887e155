import type { Db } from '../../db/database.ts';

const STATEMENT = `update sign_offs set withdrawn_at = now(), withdrawn_by = person where id = $1 and withdrawn_at is null`;

/** Takes a sign-off back. False: it was taken back before. The decisions of its environment are locked. Uses sign_offs_pkey. */
export async function withdrawSignOff(db: Db, signOffId: string): Promise<boolean> {
  return (await db.query(STATEMENT, [signOffId])).rowCount === 1;
}
