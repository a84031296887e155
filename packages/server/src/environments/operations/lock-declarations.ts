import type { Db } from '../../db/database.ts';

/** Of the advisory locks of this database; any number that nobody else takes. */
const DECLARATIONS_LOCK = 7_004_000;

const STATEMENT = 'select pg_advisory_xact_lock($1)';

/**
 * Lets declarations follow each other until commit. Row locks can't: whoever waited for them would not see the environments
 * that were added meanwhile. Runs go on.
 */
export async function lockDeclarations(db: Db): Promise<void> {
  await db.query(STATEMENT, [DECLARATIONS_LOCK]);
}
