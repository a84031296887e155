import type { Db } from '../../db/database.ts';

/** The environment before another, and the latest deployment of a release there. */
export interface FoundSource {
  readonly environment: string;
  readonly deployment: { readonly startedAt: string; readonly endedAt: string | null } | null;
}

interface Row {
  readonly environment: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

const STATEMENT = `
select b.name as environment, d.started_at, d.ended_at
from environments t
join lateral (
  select b.name from environments b
  where b.project is not distinct from t.project and b.kind <> 'local' and (b.position, b.name) < (t.position, t.name)
  order by b.position desc, b.name desc
  limit 1
) b on true
left join lateral (
  select d.started_at, d.ended_at from deployments d
  where d.environment = b.name and d.release_id = $2
  order by d.id desc
  limit 1
) d on true
where t.name = $1`;

/**
 * Where a release must have run before it comes into an environment. Environments of one project are in order; `local` is none
 * of them. Uses deployments_environment_idx; locks nothing. Undefined: the environment is the first one.
 */
export async function findSource(db: Db, environment: string, releaseId: string): Promise<FoundSource | undefined> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, releaseId]);
  const [row] = rows;
  if (!row) return undefined;
  const { started_at: startedAt, ended_at: endedAt } = row;
  return { environment: row.environment, deployment: startedAt === null ? null : { startedAt, endedAt } };
}
