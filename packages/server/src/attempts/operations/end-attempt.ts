import { type AttemptOutcome, attemptStatesBefore, type JsonValue, type RetryPolicy } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** How an attempt ended. */
export interface AttemptEnding {
  readonly attemptId: string;
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  readonly reasonCode: string | null;
  readonly reason: string | null;
  readonly result: JsonValue;
  /** Set when nobody knows whether its process still runs: only an uncertain attempt can be given up. */
  readonly givenUp?: { readonly by: string | null };
}

/** Whose word ends it; absent when the server itself gives the attempt up. */
export interface AttemptGuard {
  readonly sessionId: string;
  readonly epoch: number;
  /** The log must have at least that many bytes. */
  readonly logLengthBytes: number;
}

/** The attempt that ended, with what decides about its task. */
export interface EndedAttemptRow {
  readonly taskId: string;
  readonly number: number;
  readonly retry: RetryPolicy;
  readonly isIdempotent: boolean;
}

const STATEMENT = `
update attempts a
set state = $2, finished_at = now(), exit_code = $3, reason_code = $4, reason = $5, result = $6,
    given_up_at = case when $11::boolean then now() end, given_up_by = $12::text
from run_tasks t
join graph_tasks g on g.graph_hash = t.graph_hash and g.task_id = t.task_id
where a.id = $1 and a.state = any ($7::text[])
  and ($8::uuid is null or (a.session_id = $8 and a.epoch = $9 and a.log_length >= $10))
  and t.run_id = a.run_id and t.task_id = a.task_id
returning a.task_id, a.number, g.spec->'retry' as retry, (g.spec->>'idempotent')::boolean as is_idempotent`;

interface Row {
  readonly task_id: string;
  readonly number: number;
  readonly retry: RetryPolicy;
  readonly is_idempotent: boolean;
}

/**
 * Ends an attempt once. The run is locked; locks the attempt (log appends hold it briefly). Uses attempts_pkey. Undefined
 * (no row): it has ended before, another session or epoch holds it, or its log is not complete.
 */
export async function endAttempt(
  db: Db,
  ending: AttemptEnding,
  guard: AttemptGuard | undefined,
): Promise<EndedAttemptRow | undefined> {
  const { attemptId, outcome, exitCode, reasonCode, reason, result, givenUp } = ending;
  const { rows } = await db.query<Row>(STATEMENT, [
    attemptId,
    outcome,
    exitCode,
    reasonCode,
    reason,
    result === null ? null : JSON.stringify(result),
    attemptStatesBefore(givenUp ? 'giveUp' : outcome),
    guard?.sessionId ?? null,
    guard?.epoch ?? null,
    guard?.logLengthBytes ?? null,
    givenUp !== undefined,
    givenUp?.by ?? null,
  ]);
  const row = rows[0];
  return row && { taskId: row.task_id, number: row.number, retry: row.retry, isIdempotent: row.is_idempotent };
}
