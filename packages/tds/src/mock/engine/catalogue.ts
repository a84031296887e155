// The declared T-SQL types of every table: SQLite keeps values, this keeps what they are.
import type { TypeInfo } from '../../codec/base-types.ts';
import type { TdsEncoding } from '../../tds-column.ts';
import type { GeneratedTable } from '../generated/generated-table.ts';
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
  /** T-SQL of the default, as `ALTER TABLE … ADD … DEFAULT` gives it. */
  readonly defaultSql?: string;
}

/** A table the engine has. */
export interface CatalogueTable {
  readonly schema: string;
  readonly name: string;
  /** As in sys.objects; 0 for system tables. */
  readonly objectId: number;
  readonly columns: readonly CatalogueColumn[];
  /** Set as long as its rows are made on demand and SQLite has none of them. */
  readonly generated?: GeneratedTable;
}

const FIRST_OBJECT_ID = 901_578_250;

/** All tables; names are compared without regard to case, as SQL Server's default collation does. */
export class Catalogue {
  private readonly byName = new Map<string, CatalogueTable>();
  private nextObjectId = FIRST_OBJECT_ID;

  /** Tables of the database, system tables left out, in the order they were made. */
  get userTables(): CatalogueTable[] {
    return [...this.byName.values()].filter(({ objectId }) => objectId !== 0);
  }

  /** An id for a new table. */
  takeObjectId(): number {
    const id = this.nextObjectId;
    this.nextObjectId += 16;
    return id;
  }

  /** Adds a table, or puts it in place of the one of its name. */
  put(table: CatalogueTable): void {
    this.byName.set(keyOf(table.schema, table.name), table);
  }

  remove(table: CatalogueTable): void {
    this.byName.delete(keyOf(table.schema, table.name));
  }

  /** The table of this name; a null schema searches `dbo` alone, as a login's default schema. */
  findTable(schema: string | null, name: string): CatalogueTable | undefined {
    return this.byName.get(keyOf(schema ?? 'dbo', name));
  }

  findById(objectId: number): CatalogueTable | undefined {
    return this.userTables.find((table) => table.objectId === objectId);
  }
}

function keyOf(schema: string, name: string): string {
  return `${schema}.${name}`.toLowerCase();
}

/** Reads the declarations of a table. */
export function toCatalogueTable(table: Omit<MockTable, 'rows'>, objectId: number): CatalogueTable {
  return { schema: table.schema, name: table.name, objectId, columns: table.columns.map(toCatalogueColumn) };
}

/** Reads the declaration of a column. */
export function toCatalogueColumn(column: MockColumn): CatalogueColumn {
  const isKey = column.primaryKey ?? false;
  const type = parseSqlType(column.type);
  const isCodePage = type.encoding !== 'binary' && type.encoding !== 'utf16le';
  return {
    name: column.name,
    declared: column.type,
    type: isCodePage && column.encoding ? { ...type, encoding: column.encoding } : type,
    nullable: column.nullable ?? !isKey,
    identity: column.identity ?? false,
    primaryKey: isKey,
  };
}

/** Whether the column is a rowversion, which only the server writes. */
export function isRowversion(column: CatalogueColumn): boolean {
  return /^(rowversion|timestamp)$/i.test(column.declared);
}

/** A usual collation of each encoding, as sys.columns names it. */
const COLLATION_NAMES: ReadonlyMap<TdsEncoding, string> = new Map<TdsEncoding, string>([
  ['utf8', 'Latin1_General_100_CI_AS_SC_UTF8'],
  ['cp437', 'SQL_Latin1_General_CP437_CI_AS'],
  ['cp850', 'SQL_Latin1_General_CP850_CI_AS'],
  ['cp874', 'Thai_CI_AS'],
  ['cp932', 'Japanese_CI_AS'],
  ['cp936', 'Chinese_PRC_CI_AS'],
  ['cp949', 'Korean_Wansung_CI_AS'],
  ['cp950', 'Chinese_Taiwan_Stroke_CI_AS'],
  ['cp1250', 'Polish_CI_AS'],
  ['cp1251', 'Cyrillic_General_CI_AS'],
  ['cp1253', 'Greek_CI_AS'],
  ['cp1254', 'Turkish_CI_AS'],
  ['cp1255', 'Hebrew_CI_AS'],
  ['cp1256', 'Arabic_CI_AS'],
  ['cp1257', 'Lithuanian_CI_AS'],
  ['cp1258', 'Vietnamese_CI_AS'],
]);

/** Name of a column's collation; null for types without characters. */
export function collationNameOf({ type }: CatalogueColumn): string | null {
  if (type.encoding === 'binary' || type.type === 'xml') return null;
  return COLLATION_NAMES.get(type.encoding) ?? 'SQL_Latin1_General_CP1_CI_AS';
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
