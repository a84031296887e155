// Attempts end inside a transaction that has locked their runs: their tasks are settled in it.
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import type { LockedRun } from '../../runs/operations/lock-runs.ts';
import { settleAttempts } from '../../runs/transactions/settle-attempts.ts';
import { type AttemptEnding, endAttempts } from '../operations/end-attempts.ts';

/**
 * Ends attempts and settles their tasks; returns the ids of those that ended. The others' guard did not hold. Every run
 * of them is among `runs`. The caller publishes.
 */
export async function endLockedAttempts(
  tx: Transaction,
  runs: readonly LockedRun[],
  endings: readonly AttemptEnding[],
  outbox: Outbox,
): Promise<ReadonlySet<string>> {
  const endingById = new Map(endings.map((ending) => [ending.attemptId, ending]));
  const runById = new Map(runs.map((run) => [run.id, run]));
  const ended = await endAttempts(tx, endings);
  const settled = ended.flatMap(({ attemptId, runId, number: attemptNumber, hadPool, ...task }) => {
    const ending = endingById.get(attemptId);
    const run = runById.get(runId);
    if (!ending || !run) throw new Error(`attempt ${attemptId} ended outside of its run's lock`);
    const { environment } = run;
    outbox.events.push({ kind: 'attempt.changed', environment, runId, attemptId });
    outbox.topics.add(`log:${attemptId}`);
    if (hadPool) outbox.topics.add(`tasks:${environment}`);
    const { outcome, exitCode, givenUp } = ending;
    return [{ ...task, run, attemptNumber, outcome, exitCode, isGivenUp: givenUp !== undefined }];
  });
  if (settled.length > 0) await settleAttempts(tx, settled, outbox);
  return new Set(ended.map(({ attemptId }) => attemptId));
}
