// Attempts end inside a transaction that has locked their runs: their tasks are settled in it.
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import type { LockedRun } from '../../runs/operations/lock-runs.ts';
import { type Settled, type SettledAttempt, settleAttempts } from '../../runs/transactions/settle-attempts.ts';
import { type AttemptEnding, endAttempts } from '../operations/end-attempts.ts';

/** What ended, and what can be claimed because of it. */
export interface EndedAttempts extends Settled {
  /** The others' guard did not hold. */
  readonly attemptIds: ReadonlySet<string>;
  /** Slots of pools are free again. */
  readonly hasFreedPool: boolean;
}

const NOTHING: Settled = { ready: [], retried: [] };

/** Ends attempts and settles their tasks. Every run of them is among `runs`. The caller publishes. */
export async function endLockedAttempts(
  tx: Transaction,
  runs: readonly LockedRun[],
  endings: readonly AttemptEnding[],
  outbox: Outbox,
): Promise<EndedAttempts> {
  const endingById = new Map(endings.map((ending) => [ending.attemptId, ending]));
  const runById = new Map(runs.map((run) => [run.id, run]));
  const ended = await endAttempts(tx, endings);
  const attempts = ended.map(({ attemptId, runId, number: attemptNumber, hadPool: _, ...task }): SettledAttempt => {
    const ending = endingById.get(attemptId);
    const run = runById.get(runId);
    if (!ending || !run) throw new Error(`attempt ${attemptId} ended outside of its run's lock`);
    const { outcome, exitCode, givenUp } = ending;
    outbox.events.push({ kind: 'attempt.changed', environment: run.environment, runId, attemptId });
    outbox.topics.add(`log:${attemptId}`);
    return { ...task, run, attemptNumber, outcome, exitCode, isGivenUp: givenUp !== undefined };
  });
  const settled = attempts.length > 0 ? await settleAttempts(tx, attempts, outbox) : NOTHING;
  const hasFreedPool = ended.some(({ hadPool }) => hadPool);
  if (settled.ready.length > 0 || settled.retried.length > 0 || hasFreedPool)
    for (const { environment } of runs) outbox.topics.add(`tasks:${environment}`);
  return { ...settled, hasFreedPool, attemptIds: new Set(ended.map(({ attemptId }) => attemptId)) };
}
