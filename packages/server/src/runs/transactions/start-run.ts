// A run exists with all its tasks or not at all; from then on nobody reads the pipeline again.
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { insertRun, type NewRun } from '../operations/insert-run.ts';
import { insertRunTaskEdges } from '../operations/insert-run-task-edges.ts';
import { insertRunTasks } from '../operations/insert-run-tasks.ts';
import { takeRunNumber } from '../operations/take-run-number.ts';

/**
 * Plans a run and returns its id. Locks: the environment. Not idempotent: each call is a run.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`
 */
export function startRun(pool: pg.Pool, run: Omit<NewRun, 'runNumber'>): Promise<string> {
  const { environment, pipeline } = run;
  return withTransaction(pool, async (tx) => {
    const runNumber = await takeRunNumber(tx, environment);
    if (runNumber === undefined) throw environmentUnknown(environment);
    const runId = await insertRun(tx, { ...run, runNumber });
    if (runId === undefined) throw pipelineUnknown(pipeline, environment);
    await insertRunTasks(tx, runId);
    await insertRunTaskEdges(tx, runId);
    const outbox = createOutbox();
    outbox.events.push({ kind: 'run.planned', environment, runId });
    outbox.topics.add(`tasks:${environment}`);
    await publish(tx, outbox);
    return runId;
  });
}

function environmentUnknown(name: string): TowpathError {
  return new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message: `There is no environment ${JSON.stringify(name)}.`,
    fix: 'Take a name from the list of environments; upper and lower case differ.',
  });
}

function pipelineUnknown(pipeline: string, environment: string): TowpathError {
  return new TowpathError({
    code: 'PIPELINE_UNKNOWN',
    message: `${environment} has no pipeline ${JSON.stringify(pipeline)}.`,
    cause: 'None of that name is registered: its agent has not loaded it, its file has an error, or it was removed.',
    fix: 'Look at `towpath pipelines`.',
  });
}
