import type { Db } from '../../db/database.ts';

const STATEMENT = `
delete from session_releases r
using agent_sessions s
where s.id = r.session_id and s.environment = $1 and s.ended_at is null`;

/**
 * What agents said before is no word about what they are told now: each loads it (what it has, at once) and says so anew. The
 * decisions about the environment are locked.
 */
export async function forgetReports(db: Db, environment: string): Promise<void> {
  await db.query(STATEMENT, [environment]);
}
