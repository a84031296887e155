// What the mock refuses, as SQL Server would say it: the number is what clients act on.

import { TowpathError } from '@towpath/core';

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
const NOT_SUPPORTED_NUMBER = 50_000;

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

/** Error 8114: a value doesn't convert; SQL Server uses a dozen numbers for it, clients look at the class. */
const CONVERSION_NUMBER = 8114;

/** Any error as the client gets it. */
export function toMockSqlError(error: unknown): MockSqlError {
  if (error instanceof MockSqlError) return error;
  if (error instanceof TowpathError) {
    const number = error.code === 'TDS_VALUE_INVALID' ? CONVERSION_NUMBER : NOT_SUPPORTED_NUMBER;
    return new MockSqlError(number, 16, error.reason ?? error.message);
  }
  return notSupported(`this statement (${error instanceof Error ? error.message : String(error)})`);
}
