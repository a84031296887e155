// The declared T-SQL types of every table: SQLite keeps values, this keeps what they are.
import type { TypeInfo } from '../../codec/type-info.ts';
import type { MockColumn, MockTable } from '../mock-sql-server.ts';
import { parseSqlType } from './sql-type.ts';

/** A column with its declared type read. */
export interface CatalogueColumn {
  readonly name: string;
  /** As declared, for example `decimal(18,4)`. */
  readonly declared: string;
  readonly type: TypeInfo;
  readonly nullable: boolean;
  readonly identity: boolean;
  readonly primaryKey: boolean;
}

/** A table the engine has. */
export interface CatalogueTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly CatalogueColumn[];
}

/** All tables; names are compared without regard to case, as SQL Server's default collation does. */
export class Catalogue {
  readonly tables: readonly CatalogueTable[];

  constructor(tables: readonly CatalogueTable[]) {
    this.tables = tables;
  }

  /** The table of this name; a null schema searches `dbo` alone, as a login's default schema. */
  findTable(schema: string | null, name: string): CatalogueTable | undefined {
    const wanted = `${schema ?? 'dbo'}.${name}`.toLowerCase();
    return this.tables.find((table) => `${table.schema}.${table.name}`.toLowerCase() === wanted);
  }
}

/** Reads the declarations of a table. */
export function toCatalogueTable(table: MockTable): CatalogueTable {
  return { schema: table.schema, name: table.name, columns: table.columns.map(toCatalogueColumn) };
}

function toCatalogueColumn(column: MockColumn): CatalogueColumn {
  const isKey = column.primaryKey ?? false;
  return {
    name: column.name,
    declared: column.type,
    type: parseSqlType(column.type),
    nullable: column.nullable ?? !isKey,
    identity: column.identity ?? false,
    primaryKey: isKey,
  };
}

/** The column of this name, whatever its case. */
export function findColumn(tables: readonly CatalogueTable[], name: string): CatalogueColumn | undefined {
  const wanted = name.toLowerCase();
  for (const table of tables) {
    const column = table.columns.find((candidate) => candidate.name.toLowerCase() === wanted);
    if (column) return column;
  }
  return undefined;
}
