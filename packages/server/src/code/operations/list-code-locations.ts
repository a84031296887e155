import type { CodeLocationView } from '@towpath/api';
import type { Db } from '../../db/database.ts';

interface Row {
  readonly name: string;
  readonly environment: string;
  readonly source_hash: string;
  readonly loaded_at: string | null;
  readonly error_code: string | null;
  readonly error_message: string;
  readonly error_cause: string | null;
  readonly error_at: string;
}

const STATEMENT = `
select name, environment, source_hash, loaded_at, error_code, error_message, error_cause, error_at
from code_locations
where $1::text is null or environment = $1
order by environment, name`;

/** Code locations of one environment or all, with their last load and last error. Primary key; locks nothing. */
export async function listCodeLocations(db: Db, environment: string | undefined): Promise<CodeLocationView[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment ?? null]);
  return rows.map((row) => ({
    name: row.name,
    environment: row.environment,
    sourceHash: row.source_hash,
    loadedAt: row.loaded_at,
    error:
      row.error_code === null
        ? null
        : { code: row.error_code, message: row.error_message, cause: row.error_cause, at: row.error_at },
  }));
}
