import type { Db } from '../../db/database.ts';

const STATEMENT = `select exists (select from bundles where hash = $1) as found`;

/** Whether a bundle was uploaded. Uses bundles_pkey; locks nothing. */
export async function bundleExists(db: Db, hash: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(STATEMENT, [hash]);
  return rows[0]?.found === true;
}
