import { formatRunName } from '@towpath/core';
import { LIVE_STATES_SQL } from '../../attempts/live-states.ts';
import type { Db } from '../../db/database.ts';

/** A run that may go. */
export interface ExpiredRun {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly finishedAt: string;
}

interface Row {
  readonly id: string;
  readonly environment: string;
  readonly pipeline: string;
  readonly run_number: number;
  readonly finished_at: string;
}

const STATEMENT = `
select r.id, r.environment, r.pipeline, r.run_number, r.finished_at
from runs r
where r.finished_at < now() - make_interval(days => $1)
  and exists (select from runs newer where newer.environment = r.environment and newer.pipeline = r.pipeline and newer.id > r.id)
  and not exists (select from runs later where later.rerun_of = r.id)
  and not exists (select from attempts a where a.run_id = r.id and a.state in (${LIVE_STATES_SQL}))
order by r.finished_at
limit $2
for update of r skip locked`;

/**
 * Locks the oldest runs that ended so many days ago. Those stay that are the last of their pipeline (people ask how it ended,
 * and whether the next one recovers), that a later run repeats (it shows what was reused), and of which an attempt lives.
 * Against a re-run that is planned meanwhile: its key share lock makes this skip the run, and ours makes it wait. Uses
 * runs_finished_idx, runs_pipeline_idx, runs_rerun_of_idx, attempts_live_task_key.
 */
export async function lockExpiredRuns(
  db: Db,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<readonly ExpiredRun[]> {
  const { rows } = await db.query<Row>(STATEMENT, [days, limit]);
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    name: formatRunName(row.pipeline, row.environment, row.run_number),
    finishedAt: row.finished_at,
  }));
}
