import type { ReadableEnvironments } from '../../access/readable-environments.ts';
import type { Db } from '../../db/database.ts';

/** A page of them. */
export interface DatakitNamesQuery {
  /** Only what these environments report. */
  readonly readable: ReadableEnvironments;
  /** Only this one. */
  readonly name?: string | undefined;
  /** The page before ended with it. */
  readonly afterName?: string | undefined;
  readonly limit: number;
}

const STATEMENT = `
select distinct d ->> 'name' as name
from datakit_inventories i
cross join jsonb_array_elements(i.report -> 'datakits') d
where ($1::text is null or d ->> 'name' = $1) and ($2::text is null or d ->> 'name' > $2)
  and ($3::text[] is null or i.environment = any ($3))
order by name
limit $4`;

/** Names of the datakits that any of the environments reports, in order. Reads a row per environment; locks nothing. */
export async function listDatakitNames(
  db: Db,
  { name, afterName, readable, limit }: DatakitNamesQuery,
): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(STATEMENT, [name ?? null, afterName ?? null, readable, limit]);
  return rows.map((row) => row.name);
}
