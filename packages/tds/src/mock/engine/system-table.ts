import type { CellValue } from '../../tds-column.ts';
import type { MockColumn, MockTable } from '../mock-sql-server.ts';

/** A system table; each column is written as its name and type. */
export function systemTable(
  schema: string,
  name: string,
  columns: readonly string[],
  rows: readonly CellValue[][],
): MockTable {
  return { schema, name, columns: columns.map(toColumn), rows };
}

function toColumn(declaration: string): MockColumn {
  const [name = '', type = ''] = declaration.split(' ');
  return { name, type, nullable: true };
}
