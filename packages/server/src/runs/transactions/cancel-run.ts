// Cancelling is an intent: what nobody holds ends at once, what runs is ended by the agent that holds it.
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getRun } from '../get-run.ts';
import { cancelUnstartedTasks } from '../operations/cancel-unstarted-tasks.ts';
import type { FoundRun } from '../operations/find-run.ts';
import { listRunSessions } from '../operations/list-run-sessions.ts';
import { lockRunAgainstClaims } from '../operations/lock-run-against-claims.ts';
import { lockRuns } from '../operations/lock-runs.ts';
import { type CancelRequest, requestCancel } from '../operations/request-cancel.ts';
import { settleRuns } from './settle-attempts.ts';

/**
 * Asks for the end of a run and returns it. Locks: the run, then its tasks. Repeating it, or asking for a run that
 * has ended, changes nothing.
 *
 * @throws TowpathError `RUN_UNKNOWN`
 */
export function cancelRun(pool: pg.Pool, request: CancelRequest): Promise<FoundRun> {
  return withTransaction(pool, async (tx) => {
    await lockRunAgainstClaims(tx, request.runId);
    const isAsked = await requestCancel(tx, request);
    if (isAsked) await applyCancel(tx, request.runId);
    const run = await getRun(tx, request);
    if (isAsked) await auditCancel(tx, run, request);
    return run;
  });
}

async function auditCancel(tx: Transaction, run: FoundRun, { requestedBy, reason }: CancelRequest): Promise<void> {
  await writeAudit(tx, {
    actor: { kind: 'person', name: requestedBy },
    action: 'run.cancelled',
    subject: runSubject(run),
    environment: run.environment,
    why: reason,
  });
}

async function applyCancel(tx: Transaction, runId: string): Promise<void> {
  const outbox = createOutbox();
  const cancelled = await cancelUnstartedTasks(tx, runId);
  for (const run of await lockRuns(tx, [runId])) {
    const ended = Array.from({ length: cancelled }, () => ({ runId }));
    await settleRuns(tx, new Map([[runId, run]]), ended);
    outbox.events.push({ kind: 'run.changed', environment: run.environment, runId });
  }
  for (const sessionId of await listRunSessions(tx, runId)) outbox.topics.add(`session:${sessionId}`);
  await publish(tx, outbox);
}
