// The SQL engine behind the mock: SQLite in memory, one attached database per schema, so that `[dbo].[Orders]` is a name.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { TypeInfo } from '../../codec/type-info.ts';
import { quoteTsqlName } from '../../names/tsql-name.ts';
import type { CellValue } from '../../tds-column.ts';
import { MOCK_DATABASE, type MockTable } from '../mock-sql-server.ts';
import { fromSqliteValue, type SqliteValue, toSqliteValue } from './canonical-value.ts';
import { Catalogue, type CatalogueTable, toCatalogueTable } from './catalogue.ts';
import { checkSeed } from './check-seed.ts';
import { registerFunctions } from './engine-functions.ts';
import { MockSqlError, notSupported, toMockSqlError } from './mock-sql-error.ts';
import { type ResultColumn, toResultColumns } from './result-types.ts';
import { rewriteStatement } from './rewrite-statement.ts';
import { toSqliteType } from './sql-type.ts';
import { createSystemTables } from './system-tables.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** A bound parameter of sp_executesql. `name` begins with `@`. */
export interface SqlParameter {
  readonly name: string;
  readonly type: TypeInfo;
  readonly value: CellValue;
}

/** Rows of a SELECT, or the count of changed rows. */
export type StatementResult =
  | { readonly kind: 'rows'; readonly columns: readonly ResultColumn[]; readonly rows: Iterable<readonly CellValue[]> }
  | { readonly kind: 'changed'; readonly rowCount: number };

/** First rowversion of a new engine's writes; seeded rows have smaller ones. */
const FIRST_ROWVERSION = 0x10_000n;

/** See the file's head. Every connection of a mock shares one engine. */
export class SqlEngine {
  readonly catalogue: Catalogue;
  private readonly db: DatabaseSync;
  private rowversion = FIRST_ROWVERSION;
  private lastRowCount = 0;

  /** Errors: `MOCK_SEED_INVALID`. */
  constructor(tables: readonly MockTable[]) {
    this.db = new DatabaseSync(':memory:');
    registerFunctions(this.db, {
      database: MOCK_DATABASE,
      nextRowversion: () => this.rowversionBytes(this.rowversion++),
      peekRowversion: () => this.rowversionBytes(this.rowversion),
      rowCount: () => this.lastRowCount,
    });
    const described = tables.map(toCatalogueTable);
    described.forEach((table, index) => {
      checkSeed(table, tables[index]?.rows ?? []);
    });
    const system = createSystemTables(described, MOCK_DATABASE);
    this.catalogue = new Catalogue([...described, ...system.map(toCatalogueTable)]);
    const everything = [...tables, ...system];
    for (const schema of new Set(everything.map((table) => table.schema))) {
      this.db.exec(`attach ':memory:' as ${quoted(schema)}`);
    }
    everything.forEach((table, index) => {
      const described = this.catalogue.tables[index];
      if (described) this.createTable(described, table.rows);
    });
    for (const table of described) this.createTriggers(table);
  }

  /** Runs SELECT, INSERT, UPDATE or DELETE; throws `MockSqlError` with the number SQL Server would give. */
  run(tokens: readonly TsqlToken[], parameters: readonly SqlParameter[]): StatementResult {
    const { sql, tables } = rewriteStatement(tokens, this.catalogue, MOCK_DATABASE);
    try {
      const statement = this.db.prepare(sql);
      statement.setReadBigInts(true);
      statement.setReturnArrays(true);
      statement.setAllowUnknownNamedParameters(true);
      const bound = bindings(parameters);
      if (statement.columns().length === 0) return this.change(statement, bound);
      const columns = statement.columns();
      const [firstRow, rows] = peekRows(statement, bound);
      const parameterTypes = new Map(parameters.map(({ name, type }) => [name.toLowerCase(), type]));
      const facts = { catalogue: this.catalogue, tables, tokens, firstRow, parameterTypes };
      return { kind: 'rows', columns: toResultColumns(columns, facts), rows };
    } catch (error) {
      throw toSqlError(error);
    }
  }

  /** Remembers the count that `@@ROWCOUNT` gives. */
  noteRowCount(count: number): void {
    this.lastRowCount = count;
  }

  /** Frees the memory; the engine isn't used afterwards. */
  close(): void {
    this.db.close();
  }

  private change(statement: StatementSync, bound: Record<string, SqliteValue>): StatementResult {
    const rowCount = Number(statement.run(bound).changes);
    return { kind: 'changed', rowCount };
  }

  private createTable(table: CatalogueTable, rows: readonly (readonly CellValue[])[]): void {
    const keys = table.columns.filter((column) => column.primaryKey);
    const columns = table.columns.map((column) => {
      const isRowKey = column.identity && keys.length === 1 && column.primaryKey;
      const type = isRowKey ? 'integer primary key' : toSqliteType(column.type);
      const isGenerated = column.declared === 'rowversion';
      return `${quoted(column.name)} ${type}${column.nullable || isRowKey || isGenerated ? '' : ' not null'}`;
    });
    if (keys.length > 0 && !keys.some((column) => column.identity)) {
      columns.push(`primary key (${keys.map((column) => quoted(column.name)).join(', ')})`);
    }
    const name = `${quoted(table.schema)}.${quoted(table.name)}`;
    this.db.exec(`create table ${name} (${columns.join(', ')})`);
    const insert = this.db.prepare(`insert into ${name} values (${table.columns.map(() => '?').join(', ')})`);
    for (const row of rows) insert.run(...row.map(toSqliteValue));
  }

  /** After each write: values in the form their types have (or an error), and a new rowversion. */
  private createTriggers(table: CatalogueTable): void {
    const assignments = table.columns
      .filter((column) => !column.identity)
      .map((column) => {
        const name = quoted(column.name);
        const isVersion = column.declared === 'rowversion';
        return `${name} = ${isVersion ? 'tds_rowversion()' : `tds_cast('${column.declared}', ${name})`}`;
      });
    for (const event of ['insert', 'update']) {
      this.db.exec(
        `create trigger ${quoted(table.schema)}.${quoted(`${table.name} ${event}`)} after ${event} on ${quoted(table.name)} ` +
          `begin update ${quoted(table.name)} set ${assignments.join(', ')} where rowid = new.rowid; end`,
      );
    }
  }

  private rowversionBytes(version: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(version);
    return bytes;
  }
}

/** A name for SQLite; checked as a T-SQL name first. */
function quoted(name: string): string {
  quoteTsqlName(name);
  return `"${name.replaceAll('"', '""')}"`;
}

function bindings(parameters: readonly SqlParameter[]): Record<string, SqliteValue> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, toSqliteValue(value)]));
}

/** The first row, which decides types that nothing else does, and all rows including it. */
function peekRows(
  statement: StatementSync,
  bound: Record<string, SqliteValue>,
): [CellValue[] | undefined, Iterable<CellValue[]>] {
  const rows = statement.all(bound).map((row) => Object.values(row).map(fromSqliteValue));
  return [rows[0], rows];
}

/** SQLite has one code for unknown names and syntax; only its text tells which, so here the text is read. */
const SQLITE_ERRORS: readonly (readonly [RegExp, number, number, (name: string) => string])[] = [
  [/^no such table: (?:\w+\.)?(.+)$/, 208, 16, (name) => `Invalid object name '${name}'.`],
  [/^unknown database (.+)$/, 208, 16, (name) => `Invalid object name '${name}'.`],
  [/^no such column: (.+)$/, 207, 16, (name) => `Invalid column name '${name}'.`],
  [/^table \S+ has no column named (.+)$/, 207, 16, (name) => `Invalid column name '${name}'.`],
  [/^ambiguous column name: (.+)$/, 209, 16, (name) => `Ambiguous column name '${name}'.`],
  [/^near "(.*)": syntax error$/, 102, 15, (name) => `Incorrect syntax near '${name}'.`],
  [/^NOT NULL constraint failed: (.+)$/, 515, 16, (name) => `Cannot insert the value NULL into column '${name}'.`],
  [/^UNIQUE constraint failed: (.+)$/, 2627, 14, (name) => `Violation of PRIMARY KEY constraint on '${name}'.`],
];

function toSqlError(error: unknown): MockSqlError {
  const text = error instanceof Error ? error.message : '';
  for (const [pattern, number, severity, describe] of SQLITE_ERRORS) {
    const match = pattern.exec(text);
    if (match) return new MockSqlError(number, severity, describe(match[1] ?? ''));
  }
  const missing = /^no such function: (.+)$/.exec(text);
  return missing ? notSupported(`the function ${missing[1]}`) : toMockSqlError(error);
}
