// The end of attempts becomes the end, or the retry, of their tasks, what that means for waiting tasks, and perhaps the end
// of runs: a handful of statements, however many attempts they are.
import {
  type AttemptOutcome,
  decideAfterAttempt,
  isTerminalTaskState,
  type RetryPolicy,
  settleDependants,
  type TaskEnd,
} from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { decideRunEnd } from '../decide-run-end.ts';
import { countOffTasks } from '../operations/count-off-tasks.ts';
import { endRuns } from '../operations/end-runs.ts';
import {
  listAllWaiting,
  listDirectlyWaiting,
  type TaskKey,
  type WaitingRunTask,
} from '../operations/list-waiting-tasks.ts';
import type { LockedRun } from '../operations/lock-runs.ts';
import { type TaskStateChange, writeTaskStates } from '../operations/write-task-states.ts';
import { notifyEndedRuns } from './notify-ended-runs.ts';

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

/** Tasks that can be claimed now, or later, because of what was settled. */
export interface Settled {
  readonly ready: readonly TaskKey[];
  readonly retried: readonly TaskKey[];
}

/** Decides and writes what follows from ended attempts. Their runs are locked by the caller, which also publishes. */
export async function settleAttempts(
  tx: Transaction,
  attempts: readonly SettledAttempt[],
  outbox: Outbox,
): Promise<Settled> {
  const runs = new Map(attempts.map(({ run }) => [run.id, run]));
  const own = attempts.map(decide);
  const ended = own.filter(({ to }) => isTerminalTaskState(to));
  const waiting = await followEnds(tx, leaveOutLast(runs, ended));
  const changes = [...own, ...waiting];
  await writeTaskStates(tx, changes);
  for (const { id: runId, environment } of runs.values())
    outbox.events.push({ kind: 'run.changed', environment, runId });
  await settleRuns(
    tx,
    runs,
    changes.filter(({ to }) => isTerminalTaskState(to)),
    outbox,
  );
  return {
    ready: waiting.filter(({ to }) => to === 'ready'),
    retried: own.filter(({ to }) => to === 'ready'),
  };
}

function decide({ run, taskId, ...attempt }: SettledAttempt): TaskStateChange {
  const decision = decideAfterAttempt({ ...attempt, isRunCancelled: run.isCancelRequested });
  const key = { runId: run.id, taskId, from: 'running' } as const;
  if (decision.kind === 'end') return { ...key, to: decision.state };
  return { ...key, to: 'ready', delaySeconds: decision.delaySeconds };
}

/** Behind the last tasks of a run nothing waits, and many runs have but one. */
function leaveOutLast(
  runs: ReadonlyMap<string, LockedRun>,
  ended: readonly TaskStateChange[],
): readonly TaskStateChange[] {
  const counts = Map.groupBy(ended, ({ runId }) => runId);
  return ended.filter(({ runId }) => (runs.get(runId)?.unfinishedTasks ?? 0) > (counts.get(runId)?.length ?? 0));
}

/** Trigger rules decide in core. What ends without having run is rare, so what lies behind it is only read then. */
async function followEnds(tx: Transaction, ended: readonly TaskStateChange[]): Promise<readonly TaskStateChange[]> {
  if (ended.length === 0) return [];
  const direct = settleByRun(ended, await listDirectlyWaiting(tx, ended));
  if (!direct.some(({ to }) => isTerminalTaskState(to))) return direct;
  return settleByRun(ended, await listAllWaiting(tx, ended));
}

function settleByRun(ended: readonly TaskStateChange[], waiting: readonly WaitingRunTask[]): TaskStateChange[] {
  const waitingByRun = Map.groupBy(waiting, ({ runId }) => runId);
  return [...Map.groupBy(ended, ({ runId }) => runId)].flatMap(([runId, changes]) => {
    const ends: TaskEnd[] = changes.map(({ taskId, to }) => ({ taskId, state: to }));
    const settled = settleDependants(ends, waitingByRun.get(runId) ?? []);
    return settled.map(({ state, ...change }) => ({ ...change, runId, from: 'waiting' as const, to: state }));
  });
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
  const finished = await countOffTasks(tx, endedTasks);
  if (finished.size === 0) return;
  const endings = [...finished].map(([runId, taskCounts]) => {
    const run = runs.get(runId);
    if (!run) throw new Error(`run ${runId} was to be settled and is not locked`);
    return { runId, state: decideRunEnd({ ...run, taskCounts }) };
  });
  // What waits for it is planned by whoever ticks: schedules are locked before runs, and here runs are.
  const endedRuns = await endRuns(tx, endings);
  if (endedRuns.some(({ isScheduled }) => isScheduled)) outbox.topics.add('schedules');
  if (endedRuns.some(({ isReleased }) => isReleased)) outbox.topics.add('promotions');
  await notifyEndedRuns(tx, endedRuns, outbox);
}
