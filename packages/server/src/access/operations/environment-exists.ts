import type { Db } from '../../db/database.ts';

const STATEMENT = `select exists (select from environments where name = $1) as found`;

/** Whether an environment is declared. Uses environments_pkey; locks nothing. */
export async function environmentExists(db: Db, name: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(STATEMENT, [name]);
  return rows[0]?.found === true;
}
