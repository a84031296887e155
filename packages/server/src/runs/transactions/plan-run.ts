// A run exists with all its tasks or not at all; from then on nobody reads the pipeline again.
import { resolveParameters } from '@towpath/core';
import { environmentExists } from '../../access/operations/environment-exists.ts';
import { type FoundPipeline, findPipeline, type PipelineKey } from '../../code/operations/find-pipeline.ts';
import type { Db, Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { insertRunTaskEdges } from '../operations/insert-run-task-edges.ts';
import { insertRunTasks } from '../operations/insert-run-tasks.ts';
import { insertRuns, type NewRun, type PlannedRun } from '../operations/insert-runs.ts';
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
export type RunPlan = Omit<PlannedRun, 'runNumber'>;

/**
 * The registered pipeline that a run is asked of. Locks nothing.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`
 */
export async function getPipeline(db: Db, key: PipelineKey): Promise<FoundPipeline> {
  const { environment, pipeline } = key;
  const found = await findPipeline(db, key);
  if (found) return found;
  throw (await environmentExists(db, environment))
    ? pipelineUnknown(pipeline, environment)
    : environmentUnknown(environment);
}

/** What a run will be made of. @throws TowpathError `PARAMETERS_INVALID` */
export function toPlan(request: RunRequest, found: FoundPipeline): RunPlan {
  return { ...request, parameters: resolveParameters(found.parameters, request.parameters ?? {}), found };
}

/**
 * Plans a run inside a transaction and returns its id; the caller publishes. Locks: the environment until commit. Not
 * idempotent: each call is a run.
 *
 * @throws TowpathError as getPipeline and toPlan
 */
export async function planRun(tx: Transaction, request: RunRequest, outbox: Outbox): Promise<string> {
  const plan = toPlan(request, await getPipeline(tx, request));
  const runNumber = await takeRunNumber(tx, request.environment);
  const [runId = ''] = await writeRuns(tx, [{ ...plan, runNumber }], outbox);
  return runId;
}

/** Writes runs with their tasks and returns their ids, in their order; the caller publishes. */
export async function writeRuns(
  tx: Transaction,
  runs: readonly PlannedRun[],
  outbox: Outbox,
): Promise<readonly string[]> {
  const runIds = await insertRuns(tx, runs);
  await insertRunTasks(tx, runIds);
  await insertRunTaskEdges(tx, runIds);
  for (const [index, { environment }] of runs.entries()) {
    outbox.events.push({ kind: 'run.planned', environment, runId: runIds[index] ?? '' });
    outbox.topics.add(`tasks:${environment}`);
  }
  return runIds;
}
