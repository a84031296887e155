import type { Db } from '../../db/database.ts';

/** A code location whose evaluation failed. */
export interface FailedCodeLocation {
  readonly environment: string;
  readonly name: string;
  readonly sourceHash: string;
  readonly error: { readonly code: string; readonly message: string; readonly cause: string | null };
}

const STATEMENT = `
insert into code_locations (environment, name, source_hash, error_code, error_message, error_cause, error_at)
values ($1, $2, $3, $4, $5, $6, now())
on conflict (environment, name) do update
set error_code = excluded.error_code, error_message = excluded.error_message,
    error_cause = excluded.error_cause, error_at = excluded.error_at`;

/** Records a failed load; the hash and pipelines of the last good one stay. Locks the location's row. */
export async function recordCodeError(db: Db, location: FailedCodeLocation): Promise<void> {
  const { environment, name, sourceHash, error } = location;
  await db.query(STATEMENT, [environment, name, sourceHash, error.code, error.message, error.cause]);
}
