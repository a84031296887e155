import type { Execution } from '@towpath/api';
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
  /** The last bytes of its log. */
  readonly log?: { readonly offset: number; readonly bytes: string } | undefined;
  /** How long it ran; tells when it started if that was not reported. */
  readonly executedMs?: number | undefined;
  /** What ran it. */
  readonly execution?: Execution | undefined;
  /** Whose word ends it; absent when the server itself does. */
  readonly guard?: AttemptGuard;
}

/** An attempt is ended only under the session and epoch that hold it, and with its whole log. */
export interface AttemptGuard {
  readonly sessionId: string;
  readonly epoch: number;
  /** The log must have at least that many bytes, those of this report included. */
  readonly logLengthBytes: number;
}

/** An attempt that ended, with what decides about its task. */
export interface EndedAttemptRow {
  readonly attemptId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly number: number;
  readonly retry: RetryPolicy;
  readonly isIdempotent: boolean;
  /** It held a slot, which is free now. */
  readonly hadPool: boolean;
}

const STATEMENT = `
with report as materialized (
  select *
  from unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[],
              $9::uuid[], $10::integer[], $11::bigint[], $12::bigint[], $13::bytea[], $14::double precision[],
              $17::text[], $18::boolean[])
         as r (attempt_id, outcome, exit_code, reason_code, reason, result, is_given_up, given_up_by,
               session_id, epoch, log_length, log_offset, log_bytes, executed_ms, execution, has_run)
), ended as (
  update attempts a
  set state = e.outcome, finished_at = now(), exit_code = e.exit_code, reason_code = e.reason_code, reason = e.reason,
      result = e.result::json, given_up_at = case when e.is_given_up then now() end, given_up_by = e.given_up_by,
      started_at = coalesce(a.started_at,
        greatest(a.granted_at, now() - make_interval(secs => e.executed_ms / 1000))),
      execution = e.execution::jsonb,
      datakit_name = case when e.has_run then g.spec->'datakit'->>'name' end,
      datakit_version = case when e.has_run then g.spec->'datakit'->>'version' end,
      log_length = case when a.log_length = e.log_offset then a.log_length + length(e.log_bytes) else a.log_length end
  from report e, run_tasks t, graph_tasks g
  where a.id = e.attempt_id
    and a.state = any (case when e.is_given_up then $15::text[] else $16::text[] end)
    and (e.session_id is null
         or (a.session_id = e.session_id and a.epoch = e.epoch
             and (a.log_length >= e.log_length
                  or (a.log_length = e.log_offset and a.log_length + length(e.log_bytes) >= e.log_length))))
    and t.run_id = a.run_id and t.task_id = a.task_id
    and g.graph_hash = t.graph_hash and g.task_id = t.task_id
  returning a.id, a.run_id, a.task_id, a.number, a.pool <> '' as had_pool, g.spec->'retry' as retry,
            (g.spec->>'idempotent')::boolean as is_idempotent, old.log_length as length_before
), logged as (
  insert into log_chunks (attempt_id, start_offset, bytes)
  select d.id, e.log_offset, e.log_bytes
  from ended d
  join report e on e.attempt_id = d.id
  where d.length_before = e.log_offset and length(e.log_bytes) > 0
)
select id, run_id, task_id, number, had_pool, retry, is_idempotent from ended`;

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly number: number;
  readonly had_pool: boolean;
  readonly retry: RetryPolicy;
  readonly is_idempotent: boolean;
}

/** Every outcome may follow the same states; `succeeded` stands for all. */
const BEFORE_ENDING = attemptStatesBefore('succeeded');
const BEFORE_GIVING_UP = attemptStatesBefore('giveUp');

/**
 * Ends attempts, each once, and appends the last of their logs. Their runs are locked; locks the attempts (log appends
 * hold them briefly). Uses attempts_pkey.
 * What is missing in the answer has ended before, is held by another session or epoch, or its log is not complete.
 */
export async function endAttempts(db: Db, endings: readonly AttemptEnding[]): Promise<EndedAttemptRow[]> {
  if (endings.length === 0) return [];
  const { rows } = await db.query<Row>(STATEMENT, [
    endings.map(({ attemptId }) => attemptId),
    endings.map(({ outcome }) => outcome),
    endings.map(({ exitCode }) => exitCode),
    endings.map(({ reasonCode }) => reasonCode),
    endings.map(({ reason }) => reason),
    endings.map(({ result }) => (result === null ? null : JSON.stringify(result))),
    endings.map(({ givenUp }) => givenUp !== undefined),
    endings.map(({ givenUp }) => givenUp?.by ?? null),
    endings.map(({ guard }) => guard?.sessionId ?? null),
    endings.map(({ guard }) => guard?.epoch ?? null),
    endings.map(({ guard }) => guard?.logLengthBytes ?? null),
    endings.map(({ log }) => log?.offset ?? null),
    endings.map(({ log }) => (log ? Buffer.from(log.bytes, 'base64') : null)),
    endings.map(({ executedMs }) => executedMs ?? null),
    BEFORE_GIVING_UP,
    BEFORE_ENDING,
    endings.map(({ execution }) => (execution ? JSON.stringify(execution) : null)),
    endings.map(hasRun),
  ]);
  return rows.map((row) => ({
    attemptId: row.id,
    runId: row.run_id,
    taskId: row.task_id,
    number: row.number,
    retry: row.retry,
    isIdempotent: row.is_idempotent,
    hadPool: row.had_pool,
  }));
}

/** Something of it was started: a process, or a container of an image. */
function hasRun({ execution, reasonCode }: AttemptEnding): boolean {
  if (execution === undefined || reasonCode === 'START_FAILED') return false;
  return execution.executor === 'process' || execution.image !== null;
}
