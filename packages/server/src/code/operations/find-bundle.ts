import type { Db } from '../../db/database.ts';

const STATEMENT = `select bytes from bundles where hash = $1`;

/** The bytes of a bundle; undefined when nobody uploaded it. Uses bundles_pkey; once per agent and bundle, or attempt that fetches its own. */
export async function findBundle(db: Db, hash: string): Promise<Buffer | undefined> {
  const { rows } = await db.query<{ bytes: Buffer }>(STATEMENT, [hash]);
  return rows[0]?.bytes;
}
