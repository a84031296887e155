// The columns that tell rows of a table apart: its primary key, as the catalogue has it.
import { TowpathError } from '@towpath/core';
import type { CellValue, TdsConnection } from '@towpath/tds';
import { quoteTsqlText } from './describe-table.ts';
import type { SourceTable } from './source-table.ts';

/** Names of the primary key's columns in order; empty for views, for tables without one, and where the login can't see it. */
export async function readPrimaryKey(source: TdsConnection, table: SourceTable): Promise<readonly string[]> {
  const rows = await askCatalogue(
    source,
    `SELECT c.name FROM sys.indexes AS i
       JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id
       JOIN sys.columns AS c ON c.object_id = ic.object_id AND c.column_id = ic.column_id
      WHERE i.object_id = OBJECT_ID(${quoteTsqlText(table.quoted)}) AND i.is_primary_key = 1 ORDER BY ic.key_ordinal`,
  );
  return rows.map(([name]) => String(name));
}

/** About how many rows a table has; undefined for a view. It may be a little old: good for progress, for nothing else. */
export async function estimateRows(source: TdsConnection, table: SourceTable): Promise<number | undefined> {
  const rows = await askCatalogue(
    source,
    `SELECT SUM(p.rows) FROM sys.partitions AS p
      WHERE p.object_id = OBJECT_ID(${quoteTsqlText(table.quoted)}) AND p.index_id IN (0, 1)`,
  );
  const count = rows[0]?.[0];
  return count === null || count === undefined ? undefined : Number(count);
}

/** Rows of a question to the catalogue. It answers less to a login with few rights; that is no reason not to load. */
export async function askCatalogue(source: TdsConnection, sql: string): Promise<readonly (readonly CellValue[])[]> {
  try {
    return (await source.query(sql)).rows;
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'TDS_SERVER_ERROR') return [];
    throw error;
  }
}
