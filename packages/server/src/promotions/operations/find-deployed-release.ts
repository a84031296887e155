import type { Db } from '../../db/database.ts';

const STATEMENT = `select release_id from deployments where environment = $1 and ended_at is null`;

/** Id of the release that an environment runs. Uses deployments_current_key. Undefined: it runs working trees. */
export async function findDeployedRelease(db: Db, environment: string): Promise<string | undefined> {
  const { rows } = await db.query<{ release_id: string }>(STATEMENT, [environment]);
  return rows[0]?.release_id;
}
