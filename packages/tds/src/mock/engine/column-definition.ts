// A column as CREATE TABLE and ALTER TABLE define it.
import { type CatalogueColumn, toCatalogueColumn } from './catalogue.ts';
import { notSupported } from './mock-sql-error.ts';
import type { TokenCursor } from './token-cursor.ts';
import { isSymbol, type TsqlToken } from './tsql-lexer.ts';

/** Reads `name type [COLLATE x] [IDENTITY] [NULL | NOT NULL] [PRIMARY KEY] [DEFAULT x]`. */
export function readColumnDefinition(cursor: TokenCursor): CatalogueColumn {
  const name = cursor.takeName();
  const type = readTypeText(cursor);
  const facts = readOptions(cursor);
  const column = toCatalogueColumn({ name, type, ...facts });
  return facts.defaultSql === undefined ? column : { ...column, defaultSql: facts.defaultSql };
}

function readTypeText(cursor: TokenCursor): string {
  const name = cursor.takeName();
  const digits = cursor.takeParentheses();
  return digits ? `${name}(${digits.map(({ text }) => text).join('')})` : name;
}

interface ColumnOptions {
  identity?: boolean;
  nullable?: boolean;
  primaryKey?: boolean;
  defaultSql?: string;
}

function readOptions(cursor: TokenCursor): ColumnOptions {
  const options: ColumnOptions = {};
  while (!cursor.isAtEnd && readOption(cursor, options));
  return options;
}

/** Reads one option; false when what follows is none. */
function readOption(cursor: TokenCursor, options: ColumnOptions): boolean {
  if (cursor.takeWord('COLLATE', 'CONSTRAINT')) cursor.takeName();
  else if (cursor.takeWord('IDENTITY')) {
    cursor.takeParentheses();
    options.identity = true;
    options.nullable = false;
  } else if (cursor.takeWord('NOT')) {
    cursor.expectWord('NULL');
    options.nullable = false;
  } else if (cursor.takeWord('NULL')) options.nullable = true;
  else if (cursor.takeWord('PRIMARY')) {
    cursor.expectWord('KEY');
    cursor.takeWord('CLUSTERED', 'NONCLUSTERED');
    options.primaryKey = true;
    options.nullable = false;
  } else if (cursor.takeWord('DEFAULT')) options.defaultSql = readDefault(cursor);
  else return false;
  return true;
}

/** A literal; expressions would need the rewriter. */
function readDefault(cursor: TokenCursor): string {
  const inside = cursor.takeParentheses() ?? [cursor.takeAny()];
  const tokens = inside.filter((token) => !isSymbol(token, '(') && !isSymbol(token, ')'));
  return tokens.map(toLiteral).join(' ');
}

function toLiteral(token: TsqlToken): string {
  if (token.kind === 'number' || isSymbol(token, '-')) return token.text;
  if (token.kind === 'string') return `'${token.text.replaceAll("'", "''")}'`;
  if (token.kind === 'word' && token.text.toUpperCase() === 'NULL') return 'null';
  throw notSupported('defaults that are no literals');
}
