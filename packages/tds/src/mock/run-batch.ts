// Runs the statements of a batch or a sp_executesql call and writes their results as tokens.

import { writeCell } from '../codec/encode-cell.ts';
import {
  DoneStatus,
  EnvChange,
  Token,
  writeColumnMetadata,
  writeDone,
  writeEnvChange,
  writeServerMessage,
} from '../codec/tokens.ts';
import { MockSqlError, notSupported, toMockSqlError } from './engine/mock-sql-error.ts';
import { splitBatch } from './engine/split-batch.ts';
import type { SqlEngine, SqlParameter, StatementResult } from './engine/sql-engine.ts';
import { isWord, type TsqlToken, tokenize } from './engine/tsql-lexer.ts';
import { MOCK_SERVER_NAME } from './mock-login.ts';
import { MOCK_DATABASE, type MockLogin } from './mock-sql-server.ts';
import type { ResponseWriter } from './response-writer.ts';

/** What a batch runs with. */
export interface BatchContext {
  readonly engine: SqlEngine;
  readonly login: MockLogin;
  readonly response: ResponseWriter;
  /** Token that ends each statement: DONE in a batch, DONEINPROC in a procedure. */
  readonly doneToken: number;
  /** True once the client has asked to stop. */
  isCancelled(): boolean;
  /** Rows after which the connection breaks, for tests. */
  readonly dropAfterRows: number | undefined;
  drop(): void;
}

/** How a batch ended. */
export interface BatchOutcome {
  readonly hasFailed: boolean;
}

/** Runs statement by statement; the first error is sent and ends the batch. The last DONE is left to the caller. */
export async function runBatch(
  sql: string,
  parameters: readonly SqlParameter[],
  context: BatchContext,
): Promise<BatchOutcome> {
  try {
    for (const statement of splitBatch(tokenize(sql))) {
      if (context.isCancelled()) break;
      await runStatement(statement, parameters, context);
    }
    return { hasFailed: false };
  } catch (error) {
    writeError(context.response, error);
    return { hasFailed: true };
  }
}

async function runStatement(
  statement: readonly TsqlToken[],
  parameters: readonly SqlParameter[],
  context: BatchContext,
): Promise<void> {
  const first = statement[0];
  if (isWord(first, 'SET')) return;
  if (isWord(first, 'USE')) {
    useDatabase(statement, context);
    return;
  }
  if (isWord(first, 'INSERT', 'UPDATE', 'DELETE')) checkPermission(statement, context);
  else if (!isWord(first, 'SELECT', 'WITH')) throw notSupported(describeStatement(statement));
  const result = context.engine.run(statement, parameters);
  const rowCount = result.kind === 'rows' ? await writeRows(result, context) : result.rowCount;
  context.engine.noteRowCount(rowCount);
  writeDone(context.response.tokens, context.doneToken, {
    status: DoneStatus.count | DoneStatus.more,
    rowCount: BigInt(rowCount),
  });
}

function useDatabase(statement: readonly TsqlToken[], context: BatchContext): void {
  const name = statement[1]?.text ?? '';
  if (name.toLowerCase() !== MOCK_DATABASE.toLowerCase()) {
    throw new MockSqlError(911, 16, `Database '${name}' does not exist. Make sure that the name is entered correctly.`);
  }
  writeEnvChange(context.response.tokens, EnvChange.database, MOCK_DATABASE, MOCK_DATABASE);
}

/** Error 229, as SQL Server says it for a login that may only read. */
function checkPermission(statement: readonly TsqlToken[], context: BatchContext): void {
  if (!context.login.readOnly) return;
  const verb = statement[0]?.text.toUpperCase() ?? '';
  const target = statement.find(
    (token, index) => index > 0 && !isWord(token, 'INTO', 'FROM', 'DBO') && token.kind !== 'symbol',
  );
  throw new MockSqlError(
    229,
    14,
    `The ${verb} permission was denied on the object '${target?.text ?? ''}', database '${MOCK_DATABASE}', schema 'dbo'.`,
  );
}

async function writeRows(result: Extract<StatementResult, { kind: 'rows' }>, context: BatchContext): Promise<number> {
  const { tokens } = context.response;
  const wires = writeColumnMetadata(tokens, result.columns);
  let rowCount = 0;
  for (const row of result.rows) {
    if (context.dropAfterRows !== undefined && rowCount >= context.dropAfterRows) {
      await context.response.flushFull();
      context.drop();
    }
    if (context.isCancelled()) break;
    tokens.u8(Token.row);
    for (const [index, wire] of wires.entries()) writeCell(tokens, wire, row[index] ?? null);
    rowCount += 1;
    await context.response.flushFull();
  }
  return rowCount;
}

/** Writes any error as an ERROR token. */
export function writeError(response: ResponseWriter, error: unknown): void {
  const known = toMockSqlError(error);
  writeServerMessage(response.tokens, Token.error, {
    number: known.number,
    state: 1,
    severity: known.severity,
    text: known.message,
    serverName: MOCK_SERVER_NAME,
    procedureName: '',
    line: 1,
  });
}

/** The first words of a statement, enough to recognise it. */
function describeStatement(statement: readonly TsqlToken[]): string {
  const words = statement.slice(0, 2).map(({ text }) => text);
  return `the statement ${words.join(' ')}`;
}
