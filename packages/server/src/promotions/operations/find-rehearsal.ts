import type { Db } from '../../db/database.ts';

const STATEMENT = `
select max(d.ended_at) as rehearsed_at
from deployments d
join promotions p on p.id = d.ended_by
where d.environment = $1 and d.release_id = $2 and p.kind = 'rollback'`;

/**
 * When an environment last went back from a release, to the end: a deployment ends when the next one takes effect. Uses
 * deployments_environment_idx; locks nothing. Null: never.
 */
export async function findRehearsal(db: Db, environment: string, releaseId: string): Promise<string | null> {
  const { rows } = await db.query<{ rehearsed_at: string | null }>(STATEMENT, [environment, releaseId]);
  return rows[0]?.rehearsed_at ?? null;
}
