// A run exists with all its tasks or not at all; from then on nobody reads the pipeline again.
import { resolveParameters } from '@towpath/core';
import { environmentExists } from '../../access/operations/environment-exists.ts';
import { type FoundPipeline, findPipeline } from '../../code/operations/find-pipeline.ts';
import type { Db, Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { insertRun, type NewRun } from '../operations/insert-run.ts';
import { insertRunTaskEdges } from '../operations/insert-run-task-edges.ts';
import { insertRunTasks } from '../operations/insert-run-tasks.ts';
import { takeRunNumber } from '../operations/take-run-number.ts';
import { environmentUnknown, pipelineUnknown } from '../run-errors.ts';

/** What a run is asked for with. */
export interface RunRequest extends Omit<NewRun, 'runNumber' | 'parameters'> {
  /** Not checked yet; absent ones have their defaults. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Absent: the newest registration of the pipeline. */
  readonly codeLocation?: string | undefined;
}

/** A request that was found to be one that can be granted. */
export interface RunPlan extends Omit<NewRun, 'runNumber'> {
  readonly found: FoundPipeline;
}

/**
 * Finds what a run will be made of. Locks nothing.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID`
 */
export async function readPlan(db: Db, request: RunRequest): Promise<RunPlan> {
  const { environment, pipeline } = request;
  const found = await findPipeline(db, request);
  if (!found)
    throw (await environmentExists(db, environment))
      ? pipelineUnknown(pipeline, environment)
      : environmentUnknown(environment);
  return { ...request, parameters: resolveParameters(found.parameters, request.parameters ?? {}), found };
}

/**
 * Plans a run inside a transaction and returns its id; the caller publishes. Locks: the environment until commit. Not
 * idempotent: each call is a run.
 *
 * @throws TowpathError as readPlan
 */
export async function planRun(tx: Transaction, request: RunRequest, outbox: Outbox): Promise<string> {
  const plan = await readPlan(tx, request);
  return await writePlan(tx, { ...plan, runNumber: await takeRunNumber(tx, request.environment) }, outbox);
}

/** Writes a run and returns its id; the caller publishes. */
export async function writePlan(
  tx: Transaction,
  { found, ...run }: RunPlan & { readonly runNumber: number },
  outbox: Outbox,
): Promise<string> {
  const { environment } = run;
  const runId = await insertRun(tx, run, found);
  await insertRunTasks(tx, runId);
  await insertRunTaskEdges(tx, runId);
  outbox.events.push({ kind: 'run.planned', environment, runId });
  outbox.topics.add(`tasks:${environment}`);
  return runId;
}
