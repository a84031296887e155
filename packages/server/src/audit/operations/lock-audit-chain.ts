import type { Transaction } from '../../db/database.ts';

/** Any constant; all who append to the chain of one database must share it ("audit" in ASCII, cut to 32 bits). */
const CHAIN_LOCK = 0x6175_6469;

const STATEMENT = `select pg_advisory_xact_lock($1)`;

/**
 * Lets one server at a time append to the chain, until commit. Waits for the one before: what that one did not see, since it
 * was committed too late, is linked by this one.
 */
export async function lockAuditChain(tx: Transaction): Promise<void> {
  await tx.query(STATEMENT, [CHAIN_LOCK]);
}
