import type { Db } from '../../db/database.ts';

const STATEMENT = `select clock_timestamp() as now`;

/**
 * The database's time, in ms since 1970: the only clock that schedules know. Not that of the transaction's start: a slot may
 * have come while it waited for a lock.
 */
export async function readClock(db: Db): Promise<number> {
  const { rows } = await db.query<{ now: string }>(STATEMENT);
  const [row] = rows;
  if (!row) throw new Error('the clock gave no row');
  return Date.parse(row.now);
}
