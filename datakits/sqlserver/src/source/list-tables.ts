// What the login can see.
import type { TdsConnection } from '@towpath/tds';

/** A table or view of the source. */
export interface ListedTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
}

/** Tables and views, by schema and name. Errors: those of the connection. */
export async function listTables(source: TdsConnection): Promise<ListedTable[]> {
  const { rows } = await source.query('SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES');
  return rows
    .map(
      ([schema, name, type]): ListedTable => ({
        schema: String(schema),
        name: String(name),
        kind: type === 'VIEW' ? 'view' : 'table',
      }),
    )
    .sort((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
}

// By code units: the same order on every machine.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
