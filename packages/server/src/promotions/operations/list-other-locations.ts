import type { Db } from '../../db/database.ts';

/** A code location that has pipelines. */
export interface OtherLocation {
  readonly name: string;
  readonly sourceHash: string;
}

interface Row {
  readonly name: string;
  readonly source_hash: string;
}

const STATEMENT = `
select l.name, l.source_hash
from code_locations l
where l.environment = $1 and l.name <> $2
  and exists (select from pipelines p where p.environment = l.environment and p.code_location = l.name and p.removed_at is null)
order by l.name`;

/** Code locations of an environment but for one, in name order. Primary keys; locks nothing. */
export async function listOtherLocations(db: Db, environment: string, name: string): Promise<readonly OtherLocation[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment, name]);
  return rows.map((row) => ({ name: row.name, sourceHash: row.source_hash }));
}
