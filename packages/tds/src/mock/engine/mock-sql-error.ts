// What the mock refuses, as SQL Server would say it: the number is what clients act on.

/** An error that is sent to the client as an ERROR token. */
export class MockSqlError extends Error {
  readonly number: number;
  readonly severity: number;

  constructor(number: number, severity: number, text: string) {
    super(text);
    this.number = number;
    this.severity = severity;
  }
}

/** Number of errors that SQL Server doesn't have: the statement may be right, the mock doesn't know it. */
export const NOT_SUPPORTED_NUMBER = 50_000;

/** A statement outside the published list (README.md). */
export function notSupported(what: string): MockSqlError {
  return new MockSqlError(
    NOT_SUPPORTED_NUMBER,
    16,
    `The mock SQL Server does not support ${what}. What it supports is listed in the README of @towpath/tds.`,
  );
}

/** Error 102: the text is no T-SQL. */
export function syntaxError(near: string): MockSqlError {
  return new MockSqlError(102, 15, `Incorrect syntax near '${near}'.`);
}
