import { STATES_BEFORE_START } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Attempts of an agent that never began. */
export interface UnbegunAttempts {
  readonly agentId: string;
  /** Whose they must be; absent: of whichever session of the agent. */
  readonly sessionId?: string;
  readonly attempts: readonly { readonly attemptId: string; readonly epoch: number }[];
  /** Their agent ended with them, which may be their fault. */
  readonly areLost: boolean;
}

const STATEMENT = `
with removed as (
  delete from attempts a
  using unnest($1::uuid[], $2::integer[]) as u (id, epoch)
  where a.id = u.id and a.epoch = u.epoch and a.agent_id = $3 and ($4::uuid is null or a.session_id = $4)
    and a.state = any ($6::text[]) and a.started_at is null and a.log_length = 0
  returning a.id, a.run_id, a.task_id
)
update run_tasks t
set state = 'ready', ready_at = now(), attempts_used = t.attempts_used - 1,
    lost_starts = t.lost_starts + case when $5 then 1 else 0 end
from removed r
where t.run_id = r.run_id and t.task_id = r.task_id
returning r.id`;

/**
 * Removes attempts as if they had never been granted, and makes their tasks ready; returns those that were removed. Their runs are
 * locked and not cancelled; locks the attempts and their tasks. Uses attempts_pkey and run_tasks_pkey; rare.
 */
export async function removeUnbegun(db: Db, unbegun: UnbegunAttempts): Promise<ReadonlySet<string>> {
  const { agentId, sessionId, attempts, areLost } = unbegun;
  if (attempts.length === 0) return new Set();
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    attempts.map(({ attemptId }) => attemptId),
    attempts.map(({ epoch }) => epoch),
    agentId,
    sessionId ?? null,
    areLost,
    STATES_BEFORE_START,
  ]);
  return new Set(rows.map(({ id }) => id));
}
