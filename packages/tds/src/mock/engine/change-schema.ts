// CREATE, ALTER, DROP and TRUNCATE TABLE, and sp_rename of a column: what a test needs to move a source's schema under a
// reader. A changed table is rebuilt; its rowversions stay, as they do in SQL Server.
import { parseTsqlName } from '../../names/tsql-name.ts';
import type { Catalogue, CatalogueColumn, CatalogueTable } from './catalogue.ts';
import { readColumnDefinition } from './column-definition.ts';
import { MockSqlError, notSupported } from './mock-sql-error.ts';
import { quoted, type TableStore } from './table-store.ts';
import { TokenCursor } from './token-cursor.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** What a change works on. */
export interface SchemaContext {
  readonly catalogue: Catalogue;
  readonly store: TableStore;
}

/** Runs the statement. Errors: 102, 2705, 2714, 3701, 4902, 4924, 5074, 50000, and what a value's conversion gives. */
export function changeSchema(tokens: readonly TsqlToken[], context: SchemaContext): void {
  const cursor = new TokenCursor(tokens);
  const verb = cursor.takeName().toUpperCase();
  if (verb === 'EXEC' || verb === 'EXECUTE') {
    cursor.takeName();
    renameColumn(cursor, context);
  } else {
    if (!cursor.takeWord('TABLE')) throw notSupported(`the statement ${verb} ${tokens[1]?.text ?? ''}`);
    changeTable(verb, cursor, context);
  }
}

function changeTable(verb: string, cursor: TokenCursor, context: SchemaContext): void {
  const isOptional = cursor.takeWord('IF') && cursor.takeWord('EXISTS');
  const name = cursor.takeTableName();
  const table = context.catalogue.findTable(name.schema, name.name);
  if (verb === 'CREATE') createTable(cursor, name, context);
  else if (table && table.objectId !== 0) changeKnownTable(verb, cursor, table, context);
  else if (!isOptional) throw unknownTable(verb, name);
}

function changeKnownTable(verb: string, cursor: TokenCursor, table: CatalogueTable, context: SchemaContext): void {
  if (verb === 'DROP') context.store.drop(table);
  else if (verb === 'TRUNCATE') context.store.refill(table, []);
  else alterTable(cursor, table, context);
}

function unknownTable(verb: string, { schema, name }: { schema: string; name: string }): MockSqlError {
  const text = `Cannot find the object "${schema}.${name}" because it does not exist or you do not have permissions.`;
  return new MockSqlError(verb === 'ALTER' ? 4902 : 3701, 16, text);
}

function createTable(
  cursor: TokenCursor,
  { schema, name }: { schema: string; name: string },
  context: SchemaContext,
): void {
  if (context.catalogue.findTable(schema, name)) {
    throw new MockSqlError(2714, 16, `There is already an object named '${name}' in the database.`);
  }
  const inside = cursor.takeParentheses();
  if (!inside) throw cursor.unexpected();
  const { columns, keys } = readTableBody(new TokenCursor(inside));
  const keyed = columns.map((column) =>
    keys.includes(column.name.toLowerCase()) ? { ...column, primaryKey: true, nullable: false } : column,
  );
  context.store.create({ schema, name, objectId: context.catalogue.takeObjectId(), columns: keyed }, []);
}

function readTableBody(cursor: TokenCursor): { columns: CatalogueColumn[]; keys: string[] } {
  const columns: CatalogueColumn[] = [];
  const keys: string[] = [];
  do {
    if (cursor.takeWord('CONSTRAINT')) cursor.takeName();
    if (!cursor.takeWord('PRIMARY')) columns.push(readColumnDefinition(cursor));
    else {
      cursor.expectWord('KEY');
      cursor.takeWord('CLUSTERED', 'NONCLUSTERED');
      const names = cursor.takeParentheses() ?? [];
      keys.push(...names.filter(({ kind }) => kind !== 'symbol').map(({ text }) => text.toLowerCase()));
    }
  } while (cursor.takeSymbol(','));
  return { columns, keys };
}

function alterTable(cursor: TokenCursor, table: CatalogueTable, context: SchemaContext): void {
  if (cursor.takeWord('ADD')) addColumns(cursor, table, context);
  else if (cursor.takeWord('DROP')) dropColumns(cursor, table, context);
  else if (cursor.takeWord('ALTER')) alterColumn(cursor, table, context);
  else throw notSupported('this form of ALTER TABLE');
}

function addColumns(cursor: TokenCursor, table: CatalogueTable, { store }: SchemaContext): void {
  const added: CatalogueColumn[] = [];
  do added.push(readColumnDefinition(cursor));
  while (cursor.takeSymbol(','));
  for (const { name } of added) {
    if (hasColumn(table, name)) {
      throw new MockSqlError(
        2705,
        16,
        `Column names in each table must be unique. Column name '${name}' in table '${table.name}' is specified more than once.`,
      );
    }
  }
  const sources = added.map((column) => column.defaultSql ?? 'null');
  replaceColumns(store, table, [
    ...keep(table.columns),
    ...added.map((column, index) => ({ column, source: sources[index] ?? 'null' })),
  ]);
}

function dropColumns(cursor: TokenCursor, table: CatalogueTable, { store }: SchemaContext): void {
  cursor.takeWord('COLUMN');
  const names: string[] = [];
  do names.push(cursor.takeName().toLowerCase());
  while (cursor.takeSymbol(','));
  for (const name of names) {
    if (!hasColumn(table, name)) {
      throw new MockSqlError(
        4924,
        16,
        `ALTER TABLE DROP COLUMN failed because column '${name}' does not exist in table '${table.name}'.`,
      );
    }
    if (table.columns.some((column) => column.primaryKey && column.name.toLowerCase() === name)) {
      throw new MockSqlError(5074, 16, `The object 'PK_${table.name}' is dependent on column '${name}'.`);
    }
  }
  replaceColumns(store, table, keep(table.columns.filter(({ name }) => !names.includes(name.toLowerCase()))));
}

function alterColumn(cursor: TokenCursor, table: CatalogueTable, { store }: SchemaContext): void {
  cursor.expectWord('COLUMN');
  const altered = readColumnDefinition(cursor);
  if (!hasColumn(table, altered.name)) {
    throw new MockSqlError(
      4924,
      16,
      `ALTER TABLE ALTER COLUMN failed because column '${altered.name}' does not exist in table '${table.name}'.`,
    );
  }
  const pieces = keep(table.columns).map((piece) => {
    if (piece.column.name.toLowerCase() !== altered.name.toLowerCase()) return piece;
    const { name, primaryKey, identity } = piece.column;
    const source = `tds_cast('${altered.declared.replaceAll("'", "''")}', ${piece.source})`;
    return { column: { ...altered, name, primaryKey, identity }, source };
  });
  replaceColumns(store, table, pieces);
}

/** `sp_rename 'dbo.Table.Old', 'New', 'COLUMN'`. */
function renameColumn(cursor: TokenCursor, { catalogue, store }: SchemaContext): void {
  const path = cursor.takeString();
  cursor.takeSymbol(',');
  const name = cursor.takeString();
  const isColumn = cursor.takeSymbol(',') && cursor.takeString().toUpperCase() === 'COLUMN';
  const at = path.lastIndexOf('.');
  const { schema, table: tableName } = parseTsqlName(path.slice(0, Math.max(at, 1)));
  const table = catalogue.findTable(schema, tableName);
  const old = path.slice(at + 1).replace(/^\[|\]$/g, '');
  if (!isColumn || !table || !hasColumn(table, old)) throw notSupported('sp_rename of anything but a column');
  const pieces = keep(table.columns).map((piece) =>
    piece.column.name.toLowerCase() === old.toLowerCase() ? { ...piece, column: { ...piece.column, name } } : piece,
  );
  replaceColumns(store, table, pieces);
}

/** A column of the changed table, and the SQL that gives its values from the old one. */
interface Piece {
  readonly column: CatalogueColumn;
  readonly source: string;
}

function keep(columns: readonly CatalogueColumn[]): Piece[] {
  return columns.map((column) => ({ column, source: quoted(column.name) }));
}

function replaceColumns(store: TableStore, table: CatalogueTable, pieces: readonly Piece[]): void {
  const columns = pieces.map(({ column }) => column);
  store.replace(
    table,
    { ...table, columns },
    pieces.map(({ source }) => source),
  );
}

function hasColumn(table: CatalogueTable, name: string): boolean {
  return table.columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}
