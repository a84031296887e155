// Parameters and variables of a statement: all are known, and SQLite gets them as what they are.
import { type SqliteValue, toSqliteValue } from './canonical-value.ts';
import { MockSqlError } from './mock-sql-error.ts';
import type { SqlParameter } from './sql-parameter.ts';
import { toSqliteType } from './sql-type.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** Error 137: SQLite would take a name that nobody gave a value for NULL. */
export function refuseUndeclared(tokens: readonly TsqlToken[], parameters: readonly SqlParameter[]): void {
  const known = new Set(parameters.map(({ name }) => name.toLowerCase()));
  const unknown = tokens.find(
    ({ kind, text }) => kind === 'variable' && !text.startsWith('@@') && !known.has(text.toLowerCase()),
  );
  if (unknown) throw new MockSqlError(137, 15, `Must declare the scalar variable "${unknown.text}".`);
}

/** The values by name, as SQLite takes them. */
export function bindings(parameters: readonly SqlParameter[]): Record<string, SqliteValue> {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name.toLowerCase(), toBinding(parameter)]));
}

/** SQLite takes a number for a float, and divides and counts it as one. */
function toBinding({ type, value }: SqlParameter): SqliteValue {
  return typeof value === 'number' && toSqliteType(type) === 'integer' ? BigInt(value) : toSqliteValue(value);
}
