import type { RunState } from '@towpath/core';
import type { Db } from '../../db/database.ts';
import { NEWEST_OF_PIPELINE, ofPipeline } from '../runs-of-pipeline.ts';

/** A run whose last task has ended. */
export interface RunEnding {
  readonly runId: string;
  readonly state: RunState;
}

/** A run that has just ended. */
export interface EndedRun {
  readonly id: string;
  readonly environment: string;
  readonly runNumber: number;
  readonly pipeline: string;
  readonly state: RunState;
  readonly isScheduled: boolean;
  /** It ran a release, so a promotion may wait for it. */
  readonly isReleased: boolean;
  /** How the run of the pipeline before it ended, cancelled ones left out; undefined: there was none. */
  readonly previousState: RunState | undefined;
}

interface Row {
  readonly id: string;
  readonly environment: string;
  readonly run_number: number;
  readonly pipeline: string;
  readonly state: RunState;
  readonly is_scheduled: boolean;
  readonly is_released: boolean;
  readonly previous_state: RunState | null;
}

const STATEMENT = `
update runs n
set state = e.state, finished_at = now(), unfinished_tasks = 0
from unnest($1::uuid[], $2::text[]) as e (run_id, state)
where n.id = e.run_id and n.finished_at is null
returning n.id, n.environment, n.run_number, n.pipeline, n.state, n.schedule_id is not null as is_scheduled,
          n.release_id is not null as is_released,
          (select r.state from runs r
           where ${ofPipeline('n.environment', 'n.pipeline')} and r.id < n.id and r.state in ('succeeded', 'failed')
           order by ${NEWEST_OF_PIPELINE} limit 1) as previous_state`;

/**
 * Ends runs whose last task has ended, and returns them. They are locked. Uses runs_pkey, and runs_ended_idx for the run
 * before; one that has ended already stays as it is, and is left out.
 */
export async function endRuns(db: Db, endings: readonly RunEnding[]): Promise<readonly EndedRun[]> {
  const values = [endings.map(({ runId }) => runId), endings.map(({ state }) => state)];
  const { rows } = await db.query<Row>(STATEMENT, values);
  return rows.map((row) => ({
    id: row.id,
    environment: row.environment,
    runNumber: row.run_number,
    pipeline: row.pipeline,
    state: row.state,
    isScheduled: row.is_scheduled,
    isReleased: row.is_released,
    previousState: row.previous_state ?? undefined,
  }));
}
