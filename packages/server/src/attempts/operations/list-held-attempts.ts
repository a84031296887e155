import type { HeldAttempt } from '../../agents/judge-attempt.ts';
import type { Db } from '../../db/database.ts';
import { LIVE_STATES_SQL } from '../live-states.ts';

/** A live attempt of an agent, of whichever session. */
export interface HeldAttemptRow extends HeldAttempt {
  readonly id: string;
  readonly runId: string;
}

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly spec_hash: string;
  readonly host: string;
  readonly boot_id: string;
  readonly instance_id: string | null;
  readonly session_id: string;
  readonly has_started: boolean;
  readonly lost_starts: number;
  readonly is_idempotent: boolean;
}

const STATEMENT = `
select a.id, a.run_id, a.epoch, a.spec_hash, a.host, s.boot_id, s.instance_id, a.session_id,
       a.started_at is not null or a.log_length > 0 as has_started,
       t.lost_starts, (g.spec->>'idempotent')::boolean as is_idempotent
from attempts a
join agent_sessions s on s.id = a.session_id
join run_tasks t on t.run_id = a.run_id and t.task_id = a.task_id
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id
where a.agent_id = $1 and a.state in (${LIVE_STATES_SQL})
order by a.run_id, a.id`;

/** What an agent held when it went away. Uses attempts_live_agent_idx; locks nothing. Once per opened session. */
export async function listHeldAttempts(db: Db, agentId: string): Promise<HeldAttemptRow[]> {
  const { rows } = await db.query<Row>(STATEMENT, [agentId]);
  return rows.map((row) => ({
    id: row.id,
    runId: row.run_id,
    epoch: row.epoch,
    specHash: row.spec_hash,
    host: row.host,
    bootId: row.boot_id,
    instanceId: row.instance_id,
    sessionId: row.session_id,
    hasStarted: row.has_started,
    lostStarts: row.lost_starts,
    isIdempotent: row.is_idempotent,
  }));
}
