import type { Db } from '../../db/database.ts';

const EXCLUSIVE = `select pg_advisory_xact_lock(hashtextextended('release of ' || $1, 0))`;
const SHARED = `select pg_advisory_xact_lock_shared(hashtextextended('release of ' || $1, 0))`;

/**
 * Makes decisions about the release of an environment follow each other, until commit: promotions, sign-offs, freezes. What was
 * judged in a transaction still holds when it commits. First lock of each.
 */
export async function lockDecisions(db: Db, environment: string): Promise<void> {
  await db.query(EXCLUSIVE, [environment]);
}

/** Holds such decisions off while an agent registers its working tree: first lock of that, which many may hold at once. */
export async function lockAgainstDecisions(db: Db, environment: string): Promise<void> {
  await db.query(SHARED, [environment]);
}
