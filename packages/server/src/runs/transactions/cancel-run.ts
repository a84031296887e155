// Cancelling is an intent: what nobody holds ends at once, what runs is ended by the agent that holds it.
import type { AuditActor } from '@towpath/core';
import type pg from 'pg';
import { runSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
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
  return withTransaction(pool, 'cancel', async (tx) => {
    const outbox = createOutbox();
    await cancelInTransaction(tx, { ...request, actor: 'person' }, outbox);
    await publish(tx, outbox);
    return getRun(tx, request);
  });
}

/** Who asks, and what kind of somebody that is. */
export interface AskedCancel extends CancelRequest {
  readonly actor: AuditActor['kind'];
}

/** The same inside a transaction; the caller publishes. */
export async function cancelInTransaction(
  tx: Transaction,
  { actor, ...request }: AskedCancel,
  outbox: Outbox,
): Promise<void> {
  const { runId, requestedBy, reason } = request;
  await lockRunAgainstClaims(tx, runId);
  if (!(await requestCancel(tx, request))) return;
  await applyCancel(tx, runId, outbox);
  const run = await getRun(tx, { runId });
  await writeAudit(tx, {
    actor: { kind: actor, name: requestedBy },
    action: 'run.cancelled',
    subject: runSubject(run),
    environment: run.environment,
    why: reason,
  });
}

async function applyCancel(tx: Transaction, runId: string, outbox: Outbox): Promise<void> {
  const cancelled = await cancelUnstartedTasks(tx, runId);
  for (const run of await lockRuns(tx, [runId])) {
    const ended = Array.from({ length: cancelled }, () => ({ runId }));
    await settleRuns(tx, new Map([[runId, run]]), ended, outbox);
    outbox.events.push({ kind: 'run.changed', environment: run.environment, runId });
  }
  for (const sessionId of await listRunSessions(tx, runId)) outbox.topics.add(`session:${sessionId}`);
}
