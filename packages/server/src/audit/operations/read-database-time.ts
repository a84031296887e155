import type { Db } from '../../db/database.ts';

const STATEMENT = `select clock_timestamp() as now`;

/** The database's clock, as the API writes instants. */
export async function readDatabaseTime(db: Db): Promise<string> {
  const { rows } = await db.query<{ now: string }>(STATEMENT);
  if (!rows[0]) throw new Error('select clock_timestamp() returned no row');
  return rows[0].now;
}
