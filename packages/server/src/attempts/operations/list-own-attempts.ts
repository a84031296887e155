import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';
import type { StartReport } from './mark-attempts-started.ts';

const STATEMENT = `
select a.id
from attempts a
join unnest($3::uuid[], $4::integer[]) as s (id, epoch) on a.id = s.id and a.epoch = s.epoch
join agent_sessions l on l.id = a.session_id and l.ended_at is null
where a.session_id = $1 and a.agent_id = $2 and a.state in (${LIVE_STATES_SQL})`;

/** Which of the named attempts a live session holds under the epoch it names. Uses attempts_pkey; locks nothing. */
export async function listOwnAttempts(db: Db, report: StartReport): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    report.sessionId,
    report.agentId,
    report.attempts.map(({ attemptId }) => attemptId),
    report.attempts.map(({ epoch }) => epoch),
  ]);
  return new Set(rows.map(({ id }) => id));
}
