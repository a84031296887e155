// Runs the steps of a batch and writes their results as tokens. The DONE of a statement is held back until it is known
// whether another one follows, because it says so.
import { DoneStatus, writeColumnMetadata, writeDone } from '../../codec/tokens.ts';
import type { CaughtError } from '../engine/engine-session.ts';
import { MockSqlError, notSupported, toMockSqlError } from '../engine/mock-sql-error.ts';
import type { StatementResult } from '../engine/sql-engine.ts';
import type { SqlParameter } from '../engine/sql-parameter.ts';
import { isWord, type TsqlToken, tokenize } from '../engine/tsql-lexer.ts';
import { MOCK_DATABASE } from '../mock-defaults.ts';
import { runSessionStatement } from '../session-statements.ts';
import type { BatchContext } from './batch-context.ts';
import { BatchVariables } from './batch-variables.ts';
import { readCall } from './call-procedure.ts';
import { type BatchNode, type BatchNodes, parseBatch } from './parse-batch.ts';

/** Where a step leads. */
type Next = 'next' | 'break' | 'continue' | 'return';

/** EXEC within EXEC, as SQL Server allows it. */
const MAX_NESTING = 32;
const CHANGES = ['INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'TRUNCATE'];

/** See the file's head. */
export class BatchRun {
  private readonly context: BatchContext;
  /** The count of the statement whose DONE is held back; null where nothing is counted, undefined when there is none. */
  private held: number | null | undefined;
  private nesting = 0;

  constructor(context: BatchContext) {
    this.context = context;
  }

  /** Runs SQL to its end or first error, which is thrown; gives the variables as they are then. */
  async run(sql: string, parameters: readonly SqlParameter[]): Promise<SqlParameter[]> {
    if (this.nesting >= MAX_NESTING) throw new MockSqlError(217, 16, 'Maximum nesting level exceeded (limit 32).');
    this.nesting += 1;
    const variables = new BatchVariables(this.context, parameters);
    await this.runNodes(parseBatch(tokenize(sql)), variables);
    this.nesting -= 1;
    return variables.parameters;
  }

  /** Writes the DONE that is held back. In a procedure more follows always; `false` when there was none. */
  flush(isLast: boolean): boolean {
    const { response, doneToken } = this.context;
    if (this.held === undefined) return false;
    const status = (this.held === null ? 0 : DoneStatus.count) | (isLast ? 0 : DoneStatus.more);
    const command = this.held === null ? 0 : 0xc1;
    writeDone(response.tokens, doneToken, { status, rowCount: BigInt(this.held ?? 0) }, command);
    this.held = undefined;
    return true;
  }

  private async runNodes(nodes: BatchNodes, variables: BatchVariables): Promise<Next> {
    for (const node of nodes) {
      if (this.context.signal.aborted) return 'return';
      const next = await this.runNode(node, variables);
      if (next !== 'next') return next;
    }
    return 'next';
  }

  private async runNode(node: BatchNode, variables: BatchVariables): Promise<Next> {
    switch (node.kind) {
      case 'statement':
        return await this.runStep(node.tokens, variables);
      case 'if':
        return await this.runNodes(variables.holds(node.condition) ? node.then : node.otherwise, variables);
      case 'while':
        return await this.runLoop(node, variables);
      case 'try':
        return await this.runTry(node, variables);
    }
  }

  private async runLoop(node: Extract<BatchNode, { kind: 'while' }>, variables: BatchVariables): Promise<Next> {
    while (!this.context.signal.aborted && variables.holds(node.condition)) {
      const next = await this.runNodes(node.body, variables);
      if (next === 'return') return next;
      if (next === 'break') break;
      // A loop without results never waits for the client, and a cancellation must be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return 'next';
  }

  private async runTry(node: Extract<BatchNode, { kind: 'try' }>, variables: BatchVariables): Promise<Next> {
    const { session } = this.context;
    const outer = session.caughtError;
    try {
      return await this.runNodes(node.body, variables);
    } catch (error) {
      session.caughtError = toCaughtError(error);
      return await this.runNodes(node.handler, variables);
    } finally {
      session.caughtError = outer;
    }
  }

  private async runStep(statement: readonly TsqlToken[], variables: BatchVariables): Promise<Next> {
    const [first] = statement;
    if (isWord(first, 'BREAK')) return 'break';
    if (isWord(first, 'CONTINUE')) return 'continue';
    if (isWord(first, 'RETURN')) return 'return';
    if (variables.run(statement)) return 'next';
    this.flush(false);
    if (isCall(statement)) {
      const { sql, parameters } = readCall(statement, variables);
      await this.run(sql, parameters);
    } else {
      this.held = await this.runStatement(statement, variables);
    }
    return 'next';
  }

  private async runStatement(statement: readonly TsqlToken[], variables: BatchVariables): Promise<number | null> {
    const { context } = this;
    if (await runSessionStatement(statement, { ...context, variables })) return null;
    const [first] = statement;
    if (isWord(first, ...CHANGES) || isRename(statement) || isWord(findInto(statement), 'INTO')) {
      checkPermission(statement, context);
    } else if (!isWord(first, 'SELECT', 'WITH')) throw notSupported(describeStatement(statement));
    const result = context.engine.run(context.session, statement, variables.parameters);
    const rowCount = result.kind === 'rows' ? await writeRows(result, context) : result.rowCount;
    context.session.lastRowCount = rowCount;
    // A change of the schema counts nothing.
    return isWord(first, 'CREATE', 'ALTER', 'DROP', 'TRUNCATE') ? null : rowCount;
  }
}

function toCaughtError(error: unknown): CaughtError {
  const { number, severity, message } = toMockSqlError(error);
  return { number, severity, message };
}

/** EXEC; and a procedure's name alone, where the batch begins with it. */
function isCall(statement: readonly TsqlToken[]): boolean {
  const [first] = statement;
  if (isRename(statement)) return false;
  return isWord(first, 'EXEC', 'EXECUTE') || (first?.kind === 'word' && /^(sp|xp)_/i.test(first.text));
}

function isRename(statement: readonly TsqlToken[]): boolean {
  return isWord(statement[0], 'EXEC', 'EXECUTE') && isWord(statement[1], 'SP_RENAME');
}

function findInto(statement: readonly TsqlToken[]): TsqlToken | undefined {
  return isWord(statement[0], 'SELECT', 'WITH') ? statement.find((token) => isWord(token, 'INTO')) : undefined;
}

/** Error 229, as SQL Server says it for a login that may only read. Its own temporary tables everybody may change. */
function checkPermission(statement: readonly TsqlToken[], context: BatchContext): void {
  if (!context.login.readOnly) return;
  const verb = statement[0]?.text.toUpperCase() ?? '';
  const from = statement.indexOf(findInto(statement) ?? statement[0] ?? NOTHING);
  const target = statement.find(
    (token, index) =>
      index > from &&
      !isWord(token, 'INTO', 'FROM', 'DBO', 'TABLE', 'IF', 'EXISTS', 'TEMPDB') &&
      token.kind !== 'symbol',
  );
  if (target?.text.startsWith('#')) return;
  const permission = ['INSERT', 'UPDATE', 'DELETE'].includes(verb) ? verb : 'ALTER';
  throw new MockSqlError(
    229,
    14,
    `The ${permission} permission was denied on the object '${target?.text ?? ''}', database '${MOCK_DATABASE}', schema 'dbo'.`,
  );
}

const NOTHING: TsqlToken = { kind: 'symbol', text: '' };

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

/** The first words of a statement, enough to recognise it. */
function describeStatement(statement: readonly TsqlToken[]): string {
  const words = statement.slice(0, 2).map(({ text }) => text);
  return `the statement ${words.join(' ')}`;
}
