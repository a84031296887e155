import type { Transaction } from '../../db/database.ts';

// Planned anew each time: one plan for all filters would pass by the index of the one that is given.
const STATEMENT = `
select set_config('statement_timeout', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)`;

/** Ends each later statement of the transaction after so many milliseconds. Locks nothing. */
export async function limitSearch(tx: Transaction, timeoutMs: number): Promise<void> {
  await tx.query(STATEMENT, [String(timeoutMs)]);
}
