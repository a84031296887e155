import type { Db } from '../../db/database.ts';

const STATEMENT = `
select extract(epoch from min(coalesce(s.silent_at, s.ended_at)) + make_interval(secs => $1) - now()) * 1000 as wait_ms
from attempts a
join agent_sessions s on s.id = a.session_id
where a.state = 'uncertain'`;

/** Milliseconds until the next uncertain attempt is lost. Uses attempts_uncertain_idx. Undefined: none is uncertain. */
export async function findNextLoss(db: Db, lostAfterSeconds: number): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_ms: string | null }>(STATEMENT, [lostAfterSeconds]);
  const waitMs = rows[0]?.wait_ms;
  return waitMs === null || waitMs === undefined ? undefined : Math.ceil(Number(waitMs));
}
