import { attemptStatesBefore } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import type { UncertainAttempt } from './mark-attempts-uncertain.ts';

/** Attempts whose processes a session has started. */
export interface StartReport {
  readonly sessionId: string;
  readonly agentId: string;
  readonly attempts: readonly { readonly attemptId: string; readonly epoch: number }[];
}

interface Row {
  readonly id: string;
  readonly run_id: string;
  readonly environment: string;
}

const STATEMENT = `
update attempts a
set state = case when a.state = any ($5::text[]) then 'running' else a.state end, started_at = now()
from unnest($3::uuid[], $4::integer[]) as s (id, epoch)
where a.id = s.id and a.epoch = s.epoch and a.session_id = $1 and a.agent_id = $2
  and (a.state = any ($5::text[]) or a.state = 'uncertain' and a.started_at is null)
returning a.id, a.run_id, a.environment`;

/**
 * Notes the start of attempts; returns those that changed. Uses attempts_pkey. Others were started before, or are stale. One
 * whose session counts as silent stays uncertain until the lease is renewed, but its start is known.
 */
export async function markAttemptsStarted(db: Db, report: StartReport): Promise<UncertainAttempt[]> {
  const { rows } = await db.query<Row>(STATEMENT, [
    report.sessionId,
    report.agentId,
    report.attempts.map(({ attemptId }) => attemptId),
    report.attempts.map(({ epoch }) => epoch),
    attemptStatesBefore('start'),
  ]);
  return rows.map((row) => ({ attemptId: row.id, runId: row.run_id, environment: row.environment }));
}
