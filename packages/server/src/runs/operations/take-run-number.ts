import type { Db } from '../../db/database.ts';

const STATEMENT = `
update environments set last_run_number = last_run_number + 1 where name = $1 returning last_run_number as number`;

/**
 * Takes the next run number of an environment. Locks the environment's row until commit, so numbers have no gaps and
 * starts of one environment follow each other. The environment must exist.
 */
export async function takeRunNumber(db: Db, environment: string): Promise<number> {
  const { rows } = await db.query<{ number: number }>(STATEMENT, [environment]);
  const row = rows[0];
  if (!row) throw new Error(`environment ${environment} has no row`);
  return row.number;
}
