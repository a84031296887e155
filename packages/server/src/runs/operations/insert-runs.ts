import type { ParameterValues } from '@towpath/core';
import type { FoundPipeline } from '../../code/operations/find-pipeline.ts';
import type { Db } from '../../db/database.ts';

/** A run to be planned. */
export interface NewRun {
  readonly environment: string;
  readonly pipeline: string;
  readonly runNumber: number;
  readonly trigger: 'manual' | 'schedule';
  readonly createdBy: string;
  /** The schedule it is a run of. */
  readonly scheduleId?: string | undefined;
  readonly parameters: ParameterValues;
  readonly note?: string | undefined;
  /** Instant it stands for (RFC 3339), and that day in the zone of its schedule. */
  readonly logical?: { readonly at: string; readonly date: string } | undefined;
}

/** A run and the registered pipeline it is of. */
export interface PlannedRun extends NewRun {
  readonly found: FoundPipeline;
}

const STATEMENT = `
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, bundle_hash, unfinished_tasks,
                  trigger, created_by, parameters, note, logical_at, logical_date, schedule_id, release_id)
select n.environment, n.run_number, n.pipeline, n.code_location, n.source_file, n.graph_hash, n.bundle_hash,
       (select count(*) from graph_tasks t where t.graph_hash = n.graph_hash),
       n.trigger, n.created_by, n.parameters, n.note, n.logical_at, n.logical_date, n.schedule_id, n.release_id
from jsonb_to_recordset($1::jsonb) as n (environment text, run_number integer, pipeline text, code_location text,
     source_file text, graph_hash text, bundle_hash text, trigger text, created_by text, parameters jsonb, note text,
     logical_at timestamptz, logical_date date, schedule_id uuid, release_id text)
returning id, environment, run_number`;

/** Plans runs of registered pipelines; returns their ids, in their order. Uses graph_tasks_pkey. */
export async function insertRuns(db: Db, runs: readonly PlannedRun[]): Promise<readonly string[]> {
  const { rows } = await db.query<{ id: string; environment: string; run_number: number }>(STATEMENT, [
    JSON.stringify(runs.map(toRecord)),
  ]);
  const ids = new Map(rows.map((row) => [`${row.run_number} ${row.environment}`, row.id]));
  return runs.map(({ runNumber, environment }) => {
    const id = ids.get(`${runNumber} ${environment}`);
    if (id === undefined) throw new Error('insert into runs returned too few rows');
    return id;
  });
}

function toRecord({ found, ...run }: PlannedRun): object {
  return {
    environment: run.environment,
    run_number: run.runNumber,
    pipeline: run.pipeline,
    code_location: found.codeLocation,
    source_file: found.sourceFile,
    graph_hash: found.graphHash,
    bundle_hash: found.bundleHash,
    trigger: run.trigger,
    created_by: run.createdBy,
    parameters: run.parameters,
    note: run.note?.toWellFormed(),
    logical_at: run.logical?.at,
    logical_date: run.logical?.date,
    schedule_id: run.scheduleId,
    release_id: found.releaseId,
  };
}
