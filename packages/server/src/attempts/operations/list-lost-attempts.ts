import type { Db } from '../../db/database.ts';

/** An attempt that was uncertain for too long. */
export interface LostAttempt {
  readonly attemptId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly agent: string;
  readonly host: string;
}

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly agent: string;
  readonly host: string;
}

/** An attempt is uncertain since its session fell silent or, on another host, since the next one took its place. */
const STATEMENT = `
select a.id, a.run_id, a.task_id, g.name as agent, a.host
from attempts a
join agent_sessions s on s.id = a.session_id
join agents g on g.id = a.agent_id
where a.state = 'uncertain' and coalesce(s.silent_at, s.ended_at) <= now() - make_interval(secs => $1)
  and ($2::uuid is null or a.run_id = $2)
order by a.run_id, a.id`;

/** Attempts uncertain for longer, of one run or of all. Uses attempts_uncertain_idx; locks nothing. No rows: none is due. */
export async function listLostAttempts(db: Db, lostAfterSeconds: number, runId?: string): Promise<LostAttempt[]> {
  const { rows } = await db.query<Row>(STATEMENT, [lostAfterSeconds, runId ?? null]);
  return rows.map(({ id, run_id, task_id, agent, host }) => ({
    attemptId: id,
    runId: run_id,
    taskId: task_id,
    agent,
    host,
  }));
}
