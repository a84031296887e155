import type { Db } from '../../db/database.ts';

const STATEMENT = `select pg_advisory_xact_lock(hashtextextended('access of ' || $1, 0))`;
const SHARED = `select pg_advisory_xact_lock_shared(hashtextextended('access of ' || $1, 0))`;

/**
 * Makes what gives access to a name and what takes it follow each other, until commit: nothing that is redeemed meanwhile survives.
 * First lock of each but `lockAccount`.
 */
export async function lockHolder(db: Db, name: string): Promise<void> {
  await db.query(STATEMENT, [name]);
}

/** Holds off, until commit, that access of a name is revoked: as `lockHolder`, shared. After `lockDecisions`, which no revocation takes. */
export async function shareHolder(db: Db, name: string): Promise<void> {
  await db.query(SHARED, [name]);
}
