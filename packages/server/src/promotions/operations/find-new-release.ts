import type { Db } from '../../db/database.ts';

const STATEMENT = `
select c.release_id
from environments t
left join lateral (
  select b.name from environments b
  where b.project is not distinct from t.project and b.kind <> 'local' and (b.position, b.name) < (t.position, t.name)
  order by b.position desc, b.name desc
  limit 1
) b on true
cross join lateral (
  (select l.id as release_id from releases l
   where b.name is null and (t.project is null or l.project = t.project)
   order by l.created_at desc
   limit 1)
  union all
  select d.release_id
  from deployments d
  join promotions p on p.id = d.promotion_id
  where d.environment = b.name and d.ended_at is null and p.kind = 'promotion'
) c
where t.name = $1
  and not exists (select from promotions p where p.environment = $1 and p.release_id = c.release_id)`;

/**
 * The release that comes to an environment by itself: what the environment before was promoted to, or for the first one what was
 * recorded last. Nothing that was ever asked for there: so a rollback stands, and so does an end that somebody or a gate put to
 * it. Uses deployments_current_key, releases_created_idx and promotions_release_idx; locks nothing. Undefined: nothing is new.
 */
export async function findNewRelease(db: Db, environment: string): Promise<string | undefined> {
  const { rows } = await db.query<{ release_id: string }>(STATEMENT, [environment]);
  return rows[0]?.release_id;
}
