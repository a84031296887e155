// Statements about the session itself: SET, USE, transactions, WAITFOR, PRINT and RAISERROR.
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvChange, Token, writeEnvChange, writeServerMessage } from '../codec/tokens.ts';
import type { EngineSession } from './engine/engine-session.ts';
import { MockSqlError, notSupported } from './engine/mock-sql-error.ts';
import type { SqlEngine } from './engine/sql-engine.ts';
import { isWord, type TsqlToken } from './engine/tsql-lexer.ts';
import { MOCK_SERVER_NAME } from './mock-login.ts';
import { MOCK_DATABASE } from './mock-sql-server.ts';
import type { ResponseWriter } from './response-writer.ts';

/** What these statements need of a batch. */
interface SessionStatementContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  readonly response: ResponseWriter;
  readonly signal: AbortSignal;
}

type Run = (statement: readonly TsqlToken[], context: SessionStatementContext) => Promise<void> | void;

/** By first word. */
const STATEMENTS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['SET', setOption],
  ['USE', useDatabase],
  ['BEGIN', begin],
  ['COMMIT', (_, { engine, session }) => engine.transactions.commit(session)],
  ['ROLLBACK', (_, { engine, session }) => engine.transactions.rollback(session)],
  ['WAITFOR', waitFor],
  ['PRINT', print],
  ['RAISERROR', raiseError],
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

/** Options are accepted without effect, but for the isolation level. */
function setOption(statement: readonly TsqlToken[], { engine, session }: SessionStatementContext): void {
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

function begin(statement: readonly TsqlToken[], { engine, session }: SessionStatementContext): void {
  if (!isWord(statement[1], 'TRAN', 'TRANSACTION')) throw notSupported('BEGIN … END');
  engine.transactions.begin(session);
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

function print(statement: readonly TsqlToken[], { response }: SessionStatementContext): void {
  writeMessage(response, Token.info, { number: 0, severity: 0, text: statement[1]?.text ?? '' });
}

/** RAISERROR('text', severity, state): up to severity 10 a message, above it an error. */
function raiseError(statement: readonly TsqlToken[], { response }: SessionStatementContext): void {
  const [text, severity] = [statement[2]?.text ?? '', Number(statement[4]?.text ?? 16)];
  if (severity > 10) throw new MockSqlError(50_000, severity, text);
  writeMessage(response, Token.info, { number: 50_000, severity, text });
}

function writeMessage(
  response: ResponseWriter,
  token: number,
  message: { readonly number: number; readonly severity: number; readonly text: string },
): void {
  const place = { state: 1, serverName: MOCK_SERVER_NAME, procedureName: '', line: 1 };
  writeServerMessage(response.tokens, token, { ...message, ...place });
}
