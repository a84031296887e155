import type { RunSummary, RunTrigger } from '@towpath/api';
import type { RunState } from '@towpath/core';
import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';
import { RUN_SUMMARY_COLUMNS, type RunSummaryRow, toRunSummary } from '../run-summary-row.ts';

/** Which runs, and from where on. */
export interface RunFilter {
  /** Only those of these environments. */
  readonly readable: ReadableEnvironments;
  readonly environment?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly state?: RunState | undefined;
  readonly trigger?: RunTrigger | undefined;
  /** Only runs older than this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select ${RUN_SUMMARY_COLUMNS}
from runs r
where ($1::text is null or r.environment = $1)
  and ($2::text is null or r.pipeline = $2)
  and ($3::text is null or r.state = $3)
  and ($4::text is null or r.trigger = $4)
  and ($5::uuid is null or r.id < $5)
  and ($6::text[] is null or r.environment = any ($6))
order by r.id desc
limit $7`;

/** A page of runs, newest first (uuidv7 ids grow). Uses runs_pkey or the index of the filter; locks nothing. */
export async function listRuns(db: Db, filter: RunFilter): Promise<RunSummary[]> {
  const { environment, pipeline, state, trigger, beforeId, readable, limit } = filter;
  const values = [environment, pipeline, state, trigger, beforeId, readable].map((value) => value ?? null);
  const { rows } = await db.query<RunSummaryRow>(STATEMENT, [...values, limit]);
  return rows.map(toRunSummary);
}
