// Functions that turn names into ids and back: OBJECT_ID, SCHEMA_NAME, TYPE_NAME …
import { parseTsqlName } from '../../names/tsql-name.ts';
import type { CellValue } from '../../tds-column.ts';
import type { Catalogue } from './catalogue.ts';
import { findTypeIds, findTypeName } from './system-types.ts';
import { toSessionName } from './temporary-tables.ts';

/** Id of the database in sys.databases. */
const DATABASE_ID = 5;
const SCHEMAS: ReadonlyMap<number, string> = new Map([
  [1, 'dbo'],
  [3, 'INFORMATION_SCHEMA'],
  [4, 'sys'],
]);

interface NameFacts {
  readonly database: string;
  readonly catalogue: Catalogue;
  session(): { readonly spid: number };
}

/** Registers them. */
export function registerCatalogueFunctions(
  define: (name: string, body: (...values: CellValue[]) => CellValue) => void,
  { database, catalogue, session }: NameFacts,
): void {
  define('db_name', () => database);
  define('original_db_name', () => database);
  define('db_id', () => DATABASE_ID);
  define('schema_name', (id) => (id === undefined ? 'dbo' : (SCHEMAS.get(Number(id)) ?? null)));
  define('schema_id', (name) => idOfSchema(String(name ?? 'dbo')));
  define('object_id', (name) => {
    const temporary = /^tempdb\.(?:dbo)?\.\[?(#[^\]]+)\]?$/i.exec(String(name))?.[1];
    const table = temporary
      ? catalogue.findTable('dbo', toSessionName(temporary, session().spid))
      : findTable(catalogue, String(name), database);
    return table?.objectId ?? null;
  });
  define('object_name', (id) => catalogue.findById(Number(id))?.name ?? null);
  define('object_schema_name', (id) => catalogue.findById(Number(id))?.schema ?? null);
  define('type_name', (id) => findTypeName(Number(id)) ?? null);
  define('type_id', (name) => findTypeIds(String(name).toLowerCase())[1] || null);
  define('has_perms_by_name', () => 1n);
}

function idOfSchema(name: string): number | null {
  for (const [id, known] of SCHEMAS) if (known.toLowerCase() === name.toLowerCase()) return id;
  return null;
}

function findTable(catalogue: Catalogue, text: string, database: string) {
  const prefix = new RegExp(`^\\[?${database}\\]?\\.`, 'i');
  try {
    const { schema, table } = parseTsqlName(text.replace(prefix, ''));
    return catalogue.findTable(schema, table);
  } catch {
    // OBJECT_ID of what is no name is NULL.
    return undefined;
  }
}
