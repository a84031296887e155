import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from bundles b
where b.hash = any ($1::text[])
  and not exists (select from runs r where r.bundle_hash = b.hash)
  and not exists (select from code_locations c where c.bundle_hash = b.hash)
  and not exists (select from releases l where l.bundle_hash = b.hash)`;

/** Deletes bundles, but for those that were named before the caller locked them; returns how many. Uses bundles_pkey, runs_bundle_idx, releases_bundle_idx. */
export async function deleteBundles(db: Db, hashes: readonly string[]): Promise<number> {
  const answer = await db.query(STATEMENT, [hashes]);
  return answer.rowCount ?? 0;
}
