// The end of an attempt becomes the end, or the retry, of its task, and perhaps the end of the run.
import { type AttemptOutcome, decideAfterAttempt, type RetryPolicy } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { decideRunEnd } from '../decide-run-end.ts';
import { countOffTasks } from '../operations/count-off-tasks.ts';
import { countTasksByState } from '../operations/count-tasks-by-state.ts';
import { endRun } from '../operations/end-run.ts';
import { endTask } from '../operations/end-task.ts';
import { failDependants } from '../operations/fail-dependants.ts';
import type { LockedRun } from '../operations/lock-runs.ts';
import { releaseDependants } from '../operations/release-dependants.ts';
import { retryTask } from '../operations/retry-task.ts';

/** An attempt that was just ended in this transaction. */
export interface SettledAttempt {
  readonly taskId: string;
  readonly attemptNumber: number;
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  readonly retry: RetryPolicy;
  readonly isGivenUp: boolean;
  readonly isIdempotent: boolean;
}

/** Decides and writes what follows from an ended attempt. The run is locked by the caller, which also publishes. */
export async function settleTask(
  tx: Transaction,
  run: LockedRun,
  attempt: SettledAttempt,
  outbox: Outbox,
): Promise<void> {
  const { id: runId, environment } = run;
  const decision = decideAfterAttempt({ ...attempt, isRunCancelled: run.isCancelRequested });
  outbox.events.push({ kind: 'run.changed', environment, runId });
  if (decision.kind === 'retry') {
    await retryTask(tx, { runId, taskId: attempt.taskId, delaySeconds: decision.delaySeconds });
    outbox.topics.add(`tasks:${environment}`);
    return;
  }
  await endTask(tx, { runId, taskId: attempt.taskId, state: decision.state });
  if (decision.state === 'succeeded') {
    const ready = await releaseDependants(tx, runId, attempt.taskId);
    if (ready > 0) outbox.topics.add(`tasks:${environment}`);
    await settleRun(tx, run, 1);
  } else {
    await settleRun(tx, run, 1 + (await failDependants(tx, runId, attempt.taskId)));
  }
}

/** Counts ended tasks off the run and ends it with the last one; true when it ended. The run is locked. */
export async function settleRun(tx: Transaction, run: LockedRun, endedTasks: number): Promise<boolean> {
  if (await countOffTasks(tx, run.id, endedTasks)) return false;
  const taskCounts = await countTasksByState(tx, run.id);
  await endRun(tx, run.id, decideRunEnd({ isCancelRequested: run.isCancelRequested, taskCounts }));
  return true;
}
