import type { Db } from '../../db/database.ts';

/** A promotion that has waited for longer than its environment wants. */
export interface StuckPromotion {
  readonly environment: string;
  readonly promotionId: string;
  readonly release: string;
  readonly requestedAt: string;
  /** Those that do not allow it, in order. */
  readonly gates: readonly string[];
  readonly hours: number;
}

const STATEMENT = `
select p.environment, p.id as "promotionId", l.version as release, p.requested_at as "requestedAt", w.hours::float8 as hours,
       (select coalesce(array_agg(v ->> 'gate' order by at), '{}')
        from jsonb_array_elements(p.verdicts) with ordinality as x (v, at) where v ->> 'decision' <> 'allow') as gates
from promotions p
join environments e on e.name = p.environment
join releases l on l.id = p.release_id
cross join lateral (
  select coalesce((e.declaration #>> '{alerts,promotionStuckHours}')::numeric, $1) as hours
) w
where p.state in ('pending', 'running')
  and greatest(p.requested_at, p.not_before) <= now() - make_interval(secs => w.hours * 3600)`;

/** Live ones, counted from when they were to begin. Uses promotions_live_key; locks nothing. */
export async function listStuckPromotions(db: Db, defaultHours: number): Promise<readonly StuckPromotion[]> {
  return (await db.query<StuckPromotion>(STATEMENT, [defaultHours])).rows;
}
