import type { Db } from '../../db/database.ts';

/** What a session says about a release. */
export interface ReportedRelease {
  readonly sessionId: string;
  /** Null: it has none. */
  readonly releaseId: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

const STATEMENT = `
with gone as (
  delete from session_releases where session_id = $1 and $2::text is null
)
insert into session_releases (session_id, release_id, error_code, error_message)
select $1, l.id, $3, $4 from releases l where l.id = $2
on conflict (session_id) do update
set release_id = excluded.release_id, error_code = excluded.error_code, error_message = excluded.error_message,
    reported_at = now()`;

/** Keeps what a session, which is locked, said last. Idempotent. A release that nobody recorded is none. */
export async function saveSessionRelease(db: Db, { sessionId, releaseId, error }: ReportedRelease): Promise<void> {
  await db.query(STATEMENT, [sessionId, releaseId, error?.code ?? null, error?.message ?? null]);
}
