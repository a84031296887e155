// The shape of dbo.LargeCells_<bytes>.
import type { MockColumn } from '../mock-sql-server.ts';

/** The columns of the table. */
export const LARGE_COLUMNS: readonly MockColumn[] = [
  { name: 'Id', type: 'int', nullable: false, primaryKey: true },
  { name: 'Body', type: 'varbinary(max)', nullable: true },
  { name: 'Note', type: 'nvarchar(max)', nullable: true },
  { name: 'Tail', type: 'varchar(20)', nullable: false },
];

/** Rows of the table. */
export const LARGE_ROWS = 5;
