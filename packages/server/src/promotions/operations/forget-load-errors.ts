import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from session_releases r
using agent_sessions s
where s.id = r.session_id and s.environment = $1 and s.ended_at is null and r.release_id = $2 and r.error_code is not null`;

/** Lets agents try again to load a release that they could not load before. The decisions about the environment are locked. */
export async function forgetLoadErrors(db: Db, environment: string, releaseId: string): Promise<void> {
  await db.query(STATEMENT, [environment, releaseId]);
}
