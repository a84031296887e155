import type { Db } from '../../db/database.ts';

const STATEMENT = `select release_id from desired_releases where environment = $1`;

/** Id of the release that an environment shall run. Uses desired_releases_pkey. Undefined: none, it runs working trees. */
export async function findDesiredRelease(db: Db, environment: string): Promise<string | undefined> {
  const { rows } = await db.query<{ release_id: string }>(STATEMENT, [environment]);
  return rows[0]?.release_id;
}
