// Statements about the session itself: SET, USE, transactions, WAITFOR, PRINT, RAISERROR and THROW.
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvChange, Token, writeEnvChange, writeServerMessage } from '../codec/tokens.ts';
import type { CellValue } from '../tds-column.ts';
import type { BatchVariables } from './batch/batch-variables.ts';
import type { EngineSession } from './engine/engine-session.ts';
import { MockSqlError, notSupported, syntaxError } from './engine/mock-sql-error.ts';
import { splitAtCommas } from './engine/select-list.ts';
import type { SqlEngine } from './engine/sql-engine.ts';
import { findClosing, isSymbol, isWord, type TsqlToken } from './engine/tsql-lexer.ts';
import { MOCK_DATABASE } from './mock-defaults.ts';
import { MOCK_SERVER_NAME } from './mock-login.ts';
import type { ResponseWriter } from './response-writer.ts';

/** What these statements need of a batch. */
interface SessionStatementContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  readonly response: ResponseWriter;
  readonly signal: AbortSignal;
  readonly variables: BatchVariables;
}

type Run = (statement: readonly TsqlToken[], context: SessionStatementContext) => Promise<void> | void;

/** By first word. */
const STATEMENTS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['SET', setOption],
  ['USE', useDatabase],
  ['BEGIN', (_, { engine, session }) => engine.transactions.begin(session)],
  ['COMMIT', (_, { engine, session }) => engine.transactions.commit(session)],
  ['ROLLBACK', (_, { engine, session }) => engine.transactions.rollback(session)],
  ['WAITFOR', waitFor],
  ['PRINT', print],
  ['RAISERROR', raiseError],
  ['THROW', throwError],
]);

/** Runs such a statement; false when it is none. */
export async function runSessionStatement(
  statement: readonly TsqlToken[],
  context: SessionStatementContext,
): Promise<boolean> {
  const run = statement[0]?.kind === 'word' ? STATEMENTS.get(statement[0].text.toUpperCase()) : undefined;
  if (!run) return false;
  await run(statement, context);
  return true;
}

/** Options are accepted without effect, but for the isolation level. ROWCOUNT would change results, so it is refused. */
function setOption(statement: readonly TsqlToken[], { engine, session }: SessionStatementContext): void {
  if (isWord(statement[1], 'ROWCOUNT') && statement[2]?.text !== '0') throw notSupported('SET ROWCOUNT');
  if (!isWord(statement[1], 'TRANSACTION') || !isWord(statement[2], 'ISOLATION')) return;
  const level = statement
    .slice(4)
    .map(({ text }) => text.toLowerCase())
    .join(' ');
  engine.setIsolation(session, level);
}

function useDatabase(statement: readonly TsqlToken[], { response }: SessionStatementContext): void {
  const name = statement[1]?.text ?? '';
  if (name.toLowerCase() !== MOCK_DATABASE.toLowerCase()) {
    throw new MockSqlError(911, 16, `Database '${name}' does not exist. Make sure that the name is entered correctly.`);
  }
  writeEnvChange(response.tokens, EnvChange.database, MOCK_DATABASE, MOCK_DATABASE);
}

const DELAY = /^(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/;

/** WAITFOR DELAY 'hh:mm:ss.mmm'; ends early when the client cancels or goes. */
async function waitFor(statement: readonly TsqlToken[], { signal }: SessionStatementContext): Promise<void> {
  const match = DELAY.exec(statement[2]?.text ?? '');
  if (!isWord(statement[1], 'DELAY') || !match) throw notSupported('this form of WAITFOR');
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const delayMs = ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((match[4] ?? '').padEnd(3, '0'));
  // Being stopped is no error of this statement: whoever stopped it is answered by the session.
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}

function print(statement: readonly TsqlToken[], { response, variables }: SessionStatementContext): void {
  const text = toText(variables.evaluate(statement.slice(1)));
  writeMessage(response, Token.info, { number: 0, severity: 0, text });
}

/** RAISERROR('text', severity, state, …): up to severity 10 a message, above it an error. */
function raiseError(statement: readonly TsqlToken[], { response, variables }: SessionStatementContext): void {
  if (!isSymbol(statement[1], '(')) throw syntaxError('RAISERROR');
  const inside = statement.slice(2, findClosing(statement, 1));
  const [message = null, severity = 16, , ...values] = splitAtCommas(inside).map((item) => variables.evaluate(item));
  const text = formatMessage(toText(message), values);
  if (Number(severity) > 10) throw new MockSqlError(50_000, Number(severity), text);
  writeMessage(response, Token.info, { number: 50_000, severity: Number(severity), text });
}

/** `%d`, `%s`, `%i`, `%u`, `%x`: what RAISERROR's texts are made of. */
function formatMessage(text: string, values: readonly CellValue[]): string {
  const rest = [...values];
  return text.replaceAll(/%(?:[-+ 0#]*\d*)([dsiuxX%])/g, (_, kind: string) => {
    if (kind === '%') return '%';
    const value = rest.shift() ?? null;
    return kind.toLowerCase() === 'x' ? Number(value).toString(16) : value === null ? '(null)' : String(value);
  });
}

/** THROW number, text, state; alone, in a CATCH, it throws again what was caught. */
function throwError(statement: readonly TsqlToken[], { session, variables }: SessionStatementContext): void {
  const { caughtError } = session;
  if (statement.length === 1 && caughtError) {
    throw new MockSqlError(caughtError.number, caughtError.severity, caughtError.message);
  }
  if (statement.length === 1)
    throw new MockSqlError(10704, 15, 'To rethrow an error, a THROW statement must be used inside a CATCH block.');
  const [number = null, text = null] = splitAtCommas(statement.slice(1)).map((item) => variables.evaluate(item));
  throw new MockSqlError(Number(number), 16, toText(text));
}

function toText(value: CellValue): string {
  return value === null ? '' : String(value);
}

function writeMessage(
  response: ResponseWriter,
  token: number,
  message: { readonly number: number; readonly severity: number; readonly text: string },
): void {
  const place = { state: 1, serverName: MOCK_SERVER_NAME, procedureName: '', line: 1 };
  writeServerMessage(response.tokens, token, { ...message, ...place });
}
