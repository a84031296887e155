// The table asked for, as the command line writes it.
import { parseTsqlName, quoteTsqlName } from '@towpath/tds';

/** A table of the source. */
export interface SourceTable {
  readonly schema: string;
  readonly table: string;
  /** `dbo.Products`: for people. */
  readonly name: string;
  /** `[dbo].[Products]`: for statements. */
  readonly quoted: string;
}

/** Reads `dbo.Products`, `Products` (in `defaultSchema`) or `[odd name].[a.b]`. Error: `SQL_NAME_INVALID`. */
export function parseSourceTable(text: string, defaultSchema: string): SourceTable {
  const parsed = parseTsqlName(text);
  return nameSourceTable(parsed.schema ?? defaultSchema, parsed.table);
}

/** A table by its plain names, as the catalogue gives them. */
export function nameSourceTable(schema: string, table: string): SourceTable {
  return { schema, table, name: `${schema}.${table}`, quoted: `${quoteTsqlName(schema)}.${quoteTsqlName(table)}` };
}
