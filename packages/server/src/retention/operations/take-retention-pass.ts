import type { Db } from '../../db/database.ts';

/** A pass, and the session that wants it. */
export interface RetentionPassKey {
  readonly environment: string;
  readonly sessionId: string;
  /** ISO instant. */
  readonly dueAt: string;
}

const STATEMENT = `
insert into retention_passes as p (environment, due_at, session_id)
values ($1, $2, $3)
on conflict (environment) do update
set due_at = excluded.due_at, session_id = excluded.session_id, taken_at = now(), ended_at = null
where case
  when p.ended_at is not null then p.due_at < excluded.due_at
  when p.session_id = excluded.session_id then p.due_at <= excluded.due_at
  else p.due_at <= excluded.due_at and exists (
    select from agent_sessions s
    where s.id = p.session_id
      and (s.ended_at is not null or (s.silent_at is not null and p.due_at < excluded.due_at)))
end
returning environment`;

/**
 * Takes the pass of an environment that was due then, at most one at a time: true when the session has it. One that has ended is
 * not taken again; one that goes on stays with its session. Of a session that has ended it is taken over at once; of a silent
 * one, whose agent may still delete, only when the next is due: a day is longer than any pass. Once a day for each agent. Locks
 * the row of the environment (retention_passes_pkey). No rows: another has it or had it.
 */
export async function takeRetentionPass(db: Db, { environment, sessionId, dueAt }: RetentionPassKey): Promise<boolean> {
  const { rowCount } = await db.query(STATEMENT, [environment, dueAt, sessionId]);
  return rowCount === 1;
}
