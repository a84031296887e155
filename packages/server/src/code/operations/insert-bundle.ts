import type { Db } from '../../db/database.ts';

const STATEMENT = `insert into bundles (hash, bytes) values ($1, $2) on conflict (hash) do nothing`;

/** Keeps a bundle; one that is there stays, since the hash says that it is the same. Once per saved change of code. */
export async function insertBundle(db: Db, bundle: { readonly hash: string; readonly bytes: Buffer }): Promise<void> {
  await db.query(STATEMENT, [bundle.hash, bundle.bytes]);
}
