import type { Db } from '../../db/database.ts';

/** A run that has not ended. */
export interface LiveRun {
  readonly id: string;
  readonly number: number;
}

const STATEMENT = `select id, run_number as number from runs where schedule_id = $1 and finished_at is null`;

/** The run of a schedule that has not ended; there is at most one. Uses runs_schedule_live_key; locks nothing. */
export async function findLiveRun(db: Db, scheduleId: string): Promise<LiveRun | undefined> {
  const { rows } = await db.query<LiveRun>(STATEMENT, [scheduleId]);
  return rows[0];
}
