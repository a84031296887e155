// Attempts that never began, inside a transaction that has locked their runs: they are removed as if they had never been granted.
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import type { LockedRun } from '../../runs/operations/lock-runs.ts';
import type { AttemptEnding } from '../operations/end-attempts.ts';
import { removeUnbegun, type UnbegunAttempts } from '../operations/remove-unbegun.ts';
import { endLockedAttempts } from './end-locked-attempts.ts';

/** One that its agent never began. */
export interface UnbegunAttempt {
  readonly attemptId: string;
  readonly epoch: number;
  readonly runId: string;
}

/** Whose they are, and why they are released. */
export interface Release extends Pick<UnbegunAttempts, 'agentId' | 'sessionId' | 'areLost'> {
  readonly attempts: readonly UnbegunAttempt[];
  /** Locked; those of every attempt are among them. */
  readonly runs: readonly LockedRun[];
}

/**
 * Removes the attempts and makes their tasks ready for whoever claims next; those of cancelled runs end as cancelled. What has begun, or
 * is held by another session or epoch, is left alone. Returns what was released. The caller publishes.
 */
export async function releaseUnbegun(
  tx: Transaction,
  { attempts, runs, ...whose }: Release,
  outbox: Outbox,
): Promise<ReadonlySet<string>> {
  const cancelled = new Set(runs.filter(({ isCancelRequested }) => isCancelRequested).map(({ id }) => id));
  const wanted = attempts.filter(({ runId }) => !cancelled.has(runId));
  const removed = await removeUnbegun(tx, { ...whose, attempts: wanted });
  const unwanted = attempts.filter(({ runId }) => cancelled.has(runId));
  const ended = await endLockedAttempts(
    tx,
    runs,
    unwanted.map((attempt) => toEnding(attempt, whose.sessionId)),
    outbox,
  );
  const touched = new Set(wanted.filter(({ attemptId }) => removed.has(attemptId)).map(({ runId }) => runId));
  for (const { id: runId, environment } of runs.filter(({ id }) => touched.has(id))) {
    outbox.events.push({ kind: 'run.changed', environment, runId });
    outbox.topics.add(`tasks:${environment}`);
  }
  return new Set([...removed, ...ended.attemptIds]);
}

function toEnding({ attemptId, epoch }: UnbegunAttempt, sessionId: string | undefined): AttemptEnding {
  return {
    attemptId,
    ...{ outcome: 'cancelled', exitCode: null, reasonCode: 'CANCELLED' },
    reason: 'It was cancelled before it began.',
    result: null,
    ...(sessionId !== undefined && { guard: { sessionId, epoch, logLengthBytes: 0 } }),
  };
}
