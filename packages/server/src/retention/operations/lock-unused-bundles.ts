import type { Db } from '../../db/database.ts';

const STATEMENT = `
select b.hash from bundles b
where b.created_at < now() - make_interval(days => $1)
  and not exists (select from runs r where r.bundle_hash = b.hash)
  and not exists (select from code_locations c where c.bundle_hash = b.hash)
  and not exists (select from releases l where l.bundle_hash = b.hash)
order by b.created_at
limit $2
for update of b skip locked`;

/** Locks old bundles that no run, no release and no code location names. Uses bundles_created_idx, runs_bundle_idx, releases_bundle_idx; code locations are few. */
export async function lockUnusedBundles(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await db.query<{ hash: string }>(STATEMENT, [days, limit]);
  return rows.map(({ hash }) => hash);
}
