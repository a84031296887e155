import type { Db } from '../../db/database.ts';

/** Who asks for the end of a run, and why. */
export interface CancelRequest {
  readonly runId: string;
  readonly requestedBy: string;
  readonly reason: string | undefined;
}

const STATEMENT = `
update runs
set cancel_requested_at = now(), cancel_requested_by = $2, cancel_reason = $3
where id = $1 and finished_at is null and cancel_requested_at is null
returning environment`;

/** Writes the intent once; false (no row): it has ended, or somebody asked before. The run is locked. Uses runs_pkey. */
export async function requestCancel(db: Db, { runId, requestedBy, reason }: CancelRequest): Promise<boolean> {
  const answer = await db.query(STATEMENT, [runId, requestedBy, reason ?? null]);
  return answer.rowCount === 1;
}
