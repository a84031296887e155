// SQLite's errors as SQL Server would say them. SQLite has one code for unknown names and syntax; only its text tells
// which, so here the text is read.
import { MockSqlError, notSupported, toMockSqlError } from './mock-sql-error.ts';
import { hideSession } from './temporary-tables.ts';

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

/** Any error of a statement as the client gets it. */
export function toSqlError(error: unknown): MockSqlError {
  const text = error instanceof Error ? error.message : '';
  for (const [pattern, number, severity, describe] of SQLITE_ERRORS) {
    const match = pattern.exec(text);
    if (match) return new MockSqlError(number, severity, describe(hideSession(match[1] ?? '')));
  }
  const missing = /^no such function: (.+)$/.exec(text);
  return missing ? notSupported(`the function ${missing[1]}`) : toMockSqlError(error);
}
