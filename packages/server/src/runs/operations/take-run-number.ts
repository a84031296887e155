import type pg from 'pg';
import { type Db, retryWhenLost, type Transaction } from '../../db/database.ts';

const STATEMENT = `
update environments set last_run_number = last_run_number + 1 where name = $1 returning last_run_number as number`;

// The setting holds for this statement's own transaction.
const STATEMENT_OF_ITS_OWN = `
with unflushed as materialized (select set_config('synchronous_commit', 'off', true))
update environments set last_run_number = last_run_number + $2 from unflushed
where name = $1 returning last_run_number as number`;

/**
 * Takes the next run number of an environment. Locks the environment's row until commit, so the number comes back when the
 * transaction fails, and starts of one environment follow each other. The environment must exist.
 */
export function takeRunNumber(tx: Transaction, environment: string): Promise<number> {
  return take(tx, STATEMENT, [environment]);
}

/**
 * Takes the next run numbers for a transaction that follows, and returns the last of them: starts of one environment need not wait
 * for each other's commit, and one that fails leaves a gap. Not flushed by itself: whatever uses the number comes after it in the log of PostgreSQL.
 * The environment must exist.
 */
export function reserveRunNumbers(pool: pg.Pool, environment: string, count: number): Promise<number> {
  return retryWhenLost(() => take(pool, STATEMENT_OF_ITS_OWN, [environment, count]));
}

async function take(
  db: Db,
  statement: string,
  values: readonly [environment: string, count?: number],
): Promise<number> {
  const { rows } = await db.query<{ number: number }>(statement, [...values]);
  const row = rows[0];
  if (!row) throw new Error(`environment ${values[0]} has no row`);
  return row.number;
}
