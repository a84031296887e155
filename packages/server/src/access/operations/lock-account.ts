import type { Db } from '../../db/database.ts';

const STATEMENT = `select pg_advisory_xact_lock(hashtextextended('account ' || $1::text || ' ' || $2::text, 0))`;

/** Makes sign-ins of one account of the identity provider follow each other, until commit. Before `lockHolder`. */
export async function lockAccount(db: Db, issuer: string, subject: string): Promise<void> {
  await db.query(STATEMENT, [issuer, subject]);
}
