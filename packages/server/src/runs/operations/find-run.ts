import type { RunDetail } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { RUN_SUMMARY_COLUMNS, type RunSummaryRow, toRunSummary } from '../run-summary-row.ts';

/** A run without its tasks. */
export type FoundRun = Omit<RunDetail, 'tasks'>;

/** By identity, or by the number people see. */
export type RunKey = { readonly runId: string } | { readonly environment: string; readonly runNumber: number };

interface Row extends RunSummaryRow {
  readonly graph_hash: string;
  readonly source_file: string;
  readonly parameters: RunDetail['parameters'];
}

const COLUMNS = `${RUN_SUMMARY_COLUMNS}, r.graph_hash, r.source_file, r.parameters`;

const STATEMENT = `
select ${COLUMNS}
from runs r
where r.id = $1 or (r.environment = $2 and r.run_number = $3)`;

const STATEMENT_OF_SEVERAL = `
select ${COLUMNS}
from runs r
where r.id = any ($1::uuid[])`;

/** One run. Uses runs_pkey or runs_number_key; locks nothing. Undefined: there is none. */
export async function findRun(db: Db, key: RunKey): Promise<FoundRun | undefined> {
  const values = 'runId' in key ? [key.runId, null, null] : [null, key.environment, key.runNumber];
  const { rows } = await db.query<Row>(STATEMENT, values);
  return rows[0] && toFoundRun(rows[0]);
}

/** Several runs by their ids. Uses runs_pkey; locks nothing. Unknown ones are not in the map. */
export async function findRuns(db: Db, runIds: readonly string[]): Promise<ReadonlyMap<string, FoundRun>> {
  const { rows } = await db.query<Row>(STATEMENT_OF_SEVERAL, [runIds]);
  return new Map(rows.map((row) => [row.id, toFoundRun(row)]));
}

function toFoundRun(row: Row): FoundRun {
  return {
    ...toRunSummary(row),
    graphHash: row.graph_hash,
    sourceFile: row.source_file,
    parameters: row.parameters,
  };
}
