// A run that repeats another: the same graph, whatever was registered since.
import { isTerminalRunState, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getRun } from '../get-run.ts';
import type { FoundRun } from '../operations/find-run.ts';
import { insertRerun } from '../operations/insert-rerun.ts';
import { insertRunTaskEdges } from '../operations/insert-run-task-edges.ts';
import { insertRunTasks } from '../operations/insert-run-tasks.ts';
import { insertUnfinishedTasks } from '../operations/insert-unfinished-tasks.ts';
import { takeRunNumber } from '../operations/take-run-number.ts';

/** Which run to repeat, and how much of it. */
export interface RerunRequest {
  readonly runId: string;
  /** `failed`: what succeeded counts as done. */
  readonly from: 'start' | 'failed';
  readonly createdBy: string;
}

/**
 * Plans the repetition of an ended run and returns its id. Locks: the environment. Not idempotent: each call is a run.
 *
 * @throws TowpathError `RUN_UNKNOWN`, `RUN_NOT_ENDED`, `RUN_SUCCEEDED`
 */
export function rerunRun(pool: pg.Pool, { runId, from, createdBy }: RerunRequest): Promise<string> {
  return withTransaction(pool, async (tx) => {
    const original = await getRun(tx, { runId });
    checkRepeatable(original, from);
    const { environment } = original;
    const runNumber = await takeRunNumber(tx, environment);
    if (runNumber === undefined) throw new Error(`environment ${environment} has runs but no row`);
    const reusesSuccesses = from === 'failed';
    const rerunId = await insertRerun(tx, { originalId: runId, runNumber, createdBy, reusesSuccesses });
    await (reusesSuccesses ? insertUnfinishedTasks(tx, rerunId) : insertRunTasks(tx, rerunId));
    await insertRunTaskEdges(tx, rerunId);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'run.planned', environment, runId: rerunId });
    outbox.topics.add(`tasks:${environment}`);
    await publish(tx, outbox);
    return rerunId;
  });
}

// An ended run stays as it is, so it needs no lock.
function checkRepeatable({ name, state }: FoundRun, from: RerunRequest['from']): void {
  if (!isTerminalRunState(state)) {
    throw new TowpathError({
      code: 'RUN_NOT_ENDED',
      message: `${name} is still ${state}.`,
      cause: 'Two runs of the same work at once would load the same tables.',
      fix: 'Wait for its end, or cancel it first.',
    });
  }
  if (state !== 'succeeded' || from === 'start') return;
  throw new TowpathError({
    code: 'RUN_SUCCEEDED',
    message: `Nothing of ${name} failed.`,
    fix: 'Repeat it from the start.',
  });
}
