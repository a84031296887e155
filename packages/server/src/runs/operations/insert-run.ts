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

const STATEMENT = `
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, bundle_hash,
                  unfinished_tasks, trigger, created_by, parameters, note, logical_at, logical_date, schedule_id, release_id)
values ($1, $2, $3, $4, $5, $6, $7, (select count(*) from graph_tasks t where t.graph_hash = $6), $8, $9, $10, $11, $12, $13, $14, $15)
returning id`;

/** Plans a run of a registered pipeline; returns its id. Uses graph_tasks_pkey. */
export async function insertRun(db: Db, run: NewRun, pipeline: FoundPipeline): Promise<string> {
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    run.environment,
    run.runNumber,
    run.pipeline,
    pipeline.codeLocation,
    pipeline.sourceFile,
    pipeline.graphHash,
    pipeline.bundleHash,
    run.trigger,
    run.createdBy,
    JSON.stringify(run.parameters),
    run.note ?? null,
    run.logical?.at ?? null,
    run.logical?.date ?? null,
    run.scheduleId ?? null,
    pipeline.releaseId,
  ]);
  const row = rows[0];
  if (!row) throw new Error('insert into runs returned no row');
  return row.id;
}
