import type { Db } from '../../db/database.ts';

const STATEMENT = `update people set issuer = '', subject = '' where name = $1 and issuer <> '' returning 1`;

/** Makes a name nobody's; when access to it was revoked stays known. False: it was nobody's. Uses people_pkey. */
export async function freeName(db: Db, name: string): Promise<boolean> {
  return (await db.query(STATEMENT, [name])).rowCount === 1;
}
