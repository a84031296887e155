import type { Db } from '../../db/database.ts';

const STATEMENT = `
select pg_advisory_xact_lock_shared(hashtextextended('access of ' || person, 0))
from (
  select person from sign_offs where release_id = $1 and environment = $2 and withdrawn_at is null order by person
) as signers`;

/**
 * Holds off, until commit, that access of anybody is revoked who signed a release off for an environment: what they said still counts when
 * what was judged by it commits. As `lockHolder` does, shared; after `lockDecisions`, which no revocation takes. Uses sign_offs_release_idx.
 */
export async function lockSigners(
  db: Db,
  { releaseId, environment }: { readonly releaseId: string; readonly environment: string },
): Promise<void> {
  await db.query(STATEMENT, [releaseId, environment]);
}
