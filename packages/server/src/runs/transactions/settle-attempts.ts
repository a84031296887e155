// The end of attempts becomes the end, or the retry, of their tasks, what that means for waiting tasks, and perhaps the end
// of runs: a handful of statements, however many attempts they are.
import {
  type AttemptOutcome,
  decideAfterAttempt,
  isTerminalTaskState,
  type RetryPolicy,
  settleDependants,
} from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { decideRunEnd } from '../decide-run-end.ts';
import { countOffTasks } from '../operations/count-off-tasks.ts';
import { countTasksByState } from '../operations/count-tasks-by-state.ts';
import { endRuns } from '../operations/end-runs.ts';
import { endTasks, type TaskEnding } from '../operations/end-tasks.ts';
import {
  listAllWaiting,
  listDirectlyWaiting,
  type TaskKey,
  type WaitingRunTask,
} from '../operations/list-waiting-tasks.ts';
import type { LockedRun } from '../operations/lock-runs.ts';
import { retryTasks, type TaskRetry } from '../operations/retry-tasks.ts';
import { type RunTaskChange, writeTaskChanges } from '../operations/write-task-changes.ts';

/** An attempt that was just ended in this transaction. */
export interface SettledAttempt {
  readonly run: LockedRun;
  readonly taskId: string;
  readonly attemptNumber: number;
  readonly outcome: AttemptOutcome;
  readonly exitCode: number | null;
  readonly retry: RetryPolicy;
  readonly isGivenUp: boolean;
  readonly isIdempotent: boolean;
}

/** Decides and writes what follows from ended attempts. Their runs are locked by the caller, which also publishes. */
export async function settleAttempts(
  tx: Transaction,
  attempts: readonly SettledAttempt[],
  outbox: Outbox,
): Promise<void> {
  const { retries, endings } = decideAll(attempts);
  const runs = new Map(attempts.map(({ run }) => [run.id, run]));
  await retryTasks(tx, retries);
  await endTasks(tx, endings);
  const changes = await settleWaiting(tx, endings);
  const ready = [...retries, ...changes.filter(({ state }) => state === 'ready')];
  for (const { runId } of ready) outbox.topics.add(`tasks:${getRunOf(runs, runId).environment}`);
  for (const run of runs.values())
    outbox.events.push({ kind: 'run.changed', environment: run.environment, runId: run.id });
  await settleRuns(tx, runs, [...endings, ...changes.filter(({ state }) => isTerminalTaskState(state))], outbox);
}

function decideAll(attempts: readonly SettledAttempt[]): { retries: TaskRetry[]; endings: TaskEnding[] } {
  const retries: TaskRetry[] = [];
  const endings: TaskEnding[] = [];
  for (const { run, taskId, ...attempt } of attempts) {
    const decision = decideAfterAttempt({ ...attempt, isRunCancelled: run.isCancelRequested });
    if (decision.kind === 'retry') retries.push({ runId: run.id, taskId, delaySeconds: decision.delaySeconds });
    else endings.push({ runId: run.id, taskId, state: decision.state });
  }
  return { retries, endings };
}

/** Trigger rules decide in core. What ends without having run is rare, so what lies behind it is only read then. */
async function settleWaiting(tx: Transaction, endings: readonly TaskEnding[]): Promise<readonly RunTaskChange[]> {
  const direct = settleByRun(endings, await listDirectlyWaiting(tx, endings));
  const hasEnded = direct.some(({ state }) => isTerminalTaskState(state));
  const changes = hasEnded ? settleByRun(endings, await listAllWaiting(tx, endings)) : direct;
  await writeTaskChanges(tx, changes);
  return changes;
}

function settleByRun(endings: readonly TaskEnding[], waiting: readonly WaitingRunTask[]): readonly RunTaskChange[] {
  const waitingByRun = Map.groupBy(waiting, ({ runId }) => runId);
  return [...Map.groupBy(endings, ({ runId }) => runId)].flatMap(([runId, ended]) =>
    settleDependants(ended, waitingByRun.get(runId) ?? []).map((change) => ({ ...change, runId })),
  );
}

/** Counts ended tasks off their runs and ends those whose last they were. The runs are locked; the caller publishes. */
export async function settleRuns(
  tx: Transaction,
  runs: ReadonlyMap<string, LockedRun>,
  ended: readonly Pick<TaskKey, 'runId'>[],
  outbox: Outbox,
): Promise<void> {
  if (ended.length === 0) return;
  const endedTasks = new Map([...Map.groupBy(ended, ({ runId }) => runId)].map(([id, tasks]) => [id, tasks.length]));
  const unfinished = await countOffTasks(tx, endedTasks);
  const finished = [...endedTasks.keys()].filter((runId) => !unfinished.has(runId));
  if (finished.length === 0) return;
  const counts = await countTasksByState(tx, finished);
  const endings = finished.map((runId) => {
    const { isCancelRequested } = getRunOf(runs, runId);
    return { runId, state: decideRunEnd({ isCancelRequested, taskCounts: counts.get(runId) ?? {} }) };
  });
  // What waits for it is planned by whoever ticks: schedules are locked before runs, and here runs are.
  if (await endRuns(tx, endings)) outbox.topics.add('schedules');
}

function getRunOf(runs: ReadonlyMap<string, LockedRun>, runId: string): LockedRun {
  const run = runs.get(runId);
  if (!run) throw new Error(`run ${runId} was to be settled and is not locked`);
  return run;
}
