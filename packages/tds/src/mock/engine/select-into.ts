// SELECT … INTO: a new table with the columns of a result.
import type { Catalogue, CatalogueTable } from './catalogue.ts';
import { MockSqlError } from './mock-sql-error.ts';
import type { ResultColumn } from './result-types.ts';
import { isSymbol, isWord, type TsqlToken, tokenAt } from './tsql-lexer.ts';

/** Such a statement taken apart. */
export interface IntoClause {
  readonly schema: string;
  readonly name: string;
  /** The statement without its INTO. */
  readonly select: readonly TsqlToken[];
}

/** The clause, where a SELECT has one. */
export function findIntoClause(tokens: readonly TsqlToken[]): IntoClause | undefined {
  if (!isWord(tokens[0], 'SELECT')) return undefined;
  const at = tokens.findIndex((token) => isWord(token, 'INTO'));
  if (at < 0) return undefined;
  let last = at + 1;
  while (isSymbol(tokens[last + 1], '.')) last += 2;
  const schema = last > at + 1 ? tokenAt(tokens, last - 2).text : 'dbo';
  const select = [...tokens.slice(0, at), ...tokens.slice(last + 1)];
  return { schema, name: tokenAt(tokens, last).text, select };
}

/** The table it makes. Errors: 2714 where there is one of this name, 1038 for a column without a name, 2705 for two of one. */
export function toIntoTable(
  { schema, name }: IntoClause,
  columns: readonly ResultColumn[],
  catalogue: Catalogue,
): CatalogueTable {
  if (catalogue.findTable(schema, name)) {
    throw new MockSqlError(2714, 16, `There is already an object named '${name}' in the database.`);
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (column.name === '') throw new MockSqlError(1038, 15, 'An object or column name is missing or empty.');
    if (seen.has(column.name.toLowerCase())) throw refuseDouble(column.name, name);
    seen.add(column.name.toLowerCase());
  }
  const made = columns.map(({ name: columnName, nullable, identity: _identity, ...type }) => ({
    ...{ name: columnName, declared: type.type, type, nullable },
    ...{ identity: false, primaryKey: false },
  }));
  return { schema, name, objectId: catalogue.takeObjectId(), columns: made };
}

function refuseDouble(column: string, table: string): MockSqlError {
  const text = `Column names in each table must be unique. Column name '${column}' in table '${table}' is specified more than once.`;
  return new MockSqlError(2705, 16, text);
}
