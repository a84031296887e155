// Runs the statements of a batch or a sp_executesql call and writes their results as tokens.
import { DoneStatus, Token, writeColumnMetadata, writeDone, writeServerMessage } from '../codec/tokens.ts';
import { findCatalogueProcedure } from './catalogue-procedures.ts';
import type { EngineSession } from './engine/engine-session.ts';
import { MockSqlError, notSupported, toMockSqlError } from './engine/mock-sql-error.ts';
import { splitBatch } from './engine/split-batch.ts';
import type { SqlEngine, StatementResult } from './engine/sql-engine.ts';
import type { SqlParameter } from './engine/sql-parameter.ts';
import { isWord, type TsqlToken, tokenize } from './engine/tsql-lexer.ts';
import { MOCK_SERVER_NAME } from './mock-login.ts';
import { MOCK_DATABASE, type MockLogin } from './mock-sql-server.ts';
import type { ResponseWriter } from './response-writer.ts';
import { runSessionStatement } from './session-statements.ts';

/** What a batch runs with. */
export interface BatchContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  readonly login: MockLogin;
  readonly response: ResponseWriter;
  /** Token that ends each statement: DONE in a batch, DONEINPROC in a procedure. */
  readonly doneToken: number;
  /** Aborted once the client has asked to stop, or is gone. */
  readonly signal: AbortSignal;
  /** Rows after which the connection breaks, for tests. */
  readonly dropAfterRows: number | undefined;
  /** Rows after which the result ends in an error, for tests. */
  readonly failAfterRows: number | undefined;
  /** Awaited before the rows of a result, for tests. */
  beforeRows(): Promise<void> | undefined;
  drop(): void;
}

/** How a batch ended. */
export interface BatchOutcome {
  readonly hasFailed: boolean;
  /** False when the DONE of the last statement ended the response already. */
  readonly needsDone: boolean;
}

/** Runs statement by statement; the first error is sent and ends the batch. */
export async function runBatch(
  sql: string,
  parameters: readonly SqlParameter[],
  context: BatchContext,
): Promise<BatchOutcome> {
  try {
    const statements = splitBatch(tokenize(sql));
    for (const [index, statement] of statements.entries()) {
      if (context.signal.aborted) break;
      // In a procedure more follows always: its status and DONEPROC.
      const isLast = index === statements.length - 1 && context.doneToken === Token.done;
      const rowCount = await runStatement(statement, parameters, context);
      writeStatementDone(context, rowCount, isLast && !context.signal.aborted);
    }
    const isEnded = statements.length > 0 && context.doneToken === Token.done && !context.signal.aborted;
    return { hasFailed: false, needsDone: !isEnded };
  } catch (error) {
    writeError(context.response, error);
    return { hasFailed: true, needsDone: true };
  }
}

/** DONE of one statement; `rowCount` is undefined where nothing is counted. */
function writeStatementDone(
  { response, doneToken }: BatchContext,
  rowCount: number | undefined,
  isLast: boolean,
): void {
  const counted = rowCount === undefined ? 0 : DoneStatus.count;
  const status = counted | (isLast ? 0 : DoneStatus.more);
  writeDone(response.tokens, doneToken, { status, rowCount: BigInt(rowCount ?? 0) }, rowCount === undefined ? 0 : 0xc1);
}

const CHANGES = ['INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE'];

async function runStatement(
  statement: readonly TsqlToken[],
  parameters: readonly SqlParameter[],
  context: BatchContext,
): Promise<number | undefined> {
  const first = statement[0];
  if (await runSessionStatement(statement, context)) return undefined;
  const isRename = isWord(first, 'EXEC', 'EXECUTE') && isWord(statement[1], 'SP_RENAME');
  const procedure = isRename ? undefined : findCatalogueProcedure(statement, parameters);
  if (procedure) return await runStatement(tokenize(procedure), [], context);
  if (isWord(first, ...CHANGES) || isRename) checkPermission(statement, context);
  else if (!isWord(first, 'SELECT', 'WITH')) throw notSupported(describeStatement(statement));
  const result = context.engine.run(context.session, statement, parameters);
  const rowCount = result.kind === 'rows' ? await writeRows(result, context) : result.rowCount;
  context.session.lastRowCount = rowCount;
  return rowCount;
}

/** Error 229, as SQL Server says it for a login that may only read. */
function checkPermission(statement: readonly TsqlToken[], context: BatchContext): void {
  if (!context.login.readOnly) return;
  const verb = statement[0]?.text.toUpperCase() ?? '';
  const target = statement.find(
    (token, index) => index > 0 && !isWord(token, 'INTO', 'FROM', 'DBO', 'TABLE') && token.kind !== 'symbol',
  );
  const permission = ['INSERT', 'UPDATE', 'DELETE'].includes(verb) ? verb : 'ALTER';
  throw new MockSqlError(
    229,
    14,
    `The ${permission} permission was denied on the object '${target?.text ?? ''}', database '${MOCK_DATABASE}', schema 'dbo'.`,
  );
}

async function writeRows(result: Extract<StatementResult, { kind: 'rows' }>, context: BatchContext): Promise<number> {
  const { response, signal } = context;
  writeColumnMetadata(response.tokens, result.columns);
  await context.beforeRows();
  const limit = Math.min(context.dropAfterRows ?? Number.MAX_VALUE, context.failAfterRows ?? Number.MAX_VALUE);
  let rowCount = 0;
  for (const block of result.blocks) {
    if (signal.aborted) break;
    const count = Math.min(block.rowCount, limit - rowCount);
    rowCount += count;
    const end = count === block.rowCount ? block.bytes.length : (block.rowEnds[count - 1] ?? 0);
    await response.send(block.bytes.subarray(0, end));
    if (rowCount === limit) break;
  }
  await endEarly(rowCount, context);
  return rowCount;
}

/** Plays the faults a test asked for, once so many rows are out. */
async function endEarly(rowCount: number, context: BatchContext): Promise<void> {
  if (context.dropAfterRows !== undefined && rowCount >= context.dropAfterRows) {
    await context.response.flushFull();
    context.drop();
  }
  if (context.failAfterRows !== undefined && rowCount >= context.failAfterRows) {
    throw new MockSqlError(605, 21, 'Attempt to fetch logical page (1:4711) in database 5 failed.');
  }
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
