// The one way to PostgreSQL: a pool with our type mapping, transactions, and the translation of its errors.
import { createHash } from 'node:crypto';
import { failpoint, TOWPATH, TowpathError } from '@towpath/core';
import pg from 'pg';

/** What an operation needs: a pool or one connection of it. */
export type Db = Pick<pg.Pool, 'query'>;

/** A connection inside a transaction; only `withTransaction` hands it out. */
export type Transaction = Db & { readonly isTransaction: true };

/** Enough for the long polls' short transactions; an embedded PostgreSQL has 60 connections for everybody. */
const POOL_SIZE = 12;
/** A statement or an idle transaction beyond this is a defect; ending it frees its locks. */
const STATEMENT_TIMEOUT_MS = 60_000;

const INT8 = 20;
const TIMESTAMPTZ = 1184;

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    return format === undefined ? pg.types.getTypeParser(oid) : pg.types.getTypeParser(oid, format as 'text');
  },
};

/** Connection settings for a URL: bigint as number (lengths and counts stay below 2^53), instants as RFC 3339 text. */
export function connectionConfig(databaseUrl: string): pg.ClientConfig {
  return { connectionString: databaseUrl, types, application_name: 'towpath-server', connectionTimeoutMillis: 10_000 };
}

/** Opens a pool; whoever opens it ends it. A lost idle connection is not an error: the next query opens another. */
export function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({
    ...connectionConfig(databaseUrl),
    max: POOL_SIZE,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  pool.on('error', () => undefined);
  // The pool listens to idle connections only; one lost during a transaction would end the process. Whoever uses it learns
  // of the loss by its query.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` on one connection and closes it. */
export async function withConnection<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionConfig(databaseUrl));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (thrown) {
    throw translateDatabaseError(thrown);
  } finally {
    await client.end().catch(() => undefined);
  }
}

type Work<T> = (tx: Transaction) => Promise<T>;

/**
 * Commits what `work` wrote, or nothing. `work` must not wait for anything but the database. `name` names the failpoints
 * before and after the commit.
 */
export function withTransaction<T>(pool: pg.Pool, work: Work<T>): Promise<T>;
export function withTransaction<T>(pool: pg.Pool, name: string, work: Work<T>): Promise<T>;
export function withTransaction<T>(pool: pg.Pool, ...named: [Work<T>] | [string, Work<T>]): Promise<T> {
  return named.length === 1 ? runTransaction(pool, 'begin', named[0]) : runNamed(pool, ...named);
}

async function runNamed<T>(pool: pg.Pool, name: string, work: Work<T>, begin = 'begin'): Promise<T> {
  const result = await runTransaction(pool, begin, async (tx) => {
    const done = await work(tx);
    failpoint(name, 'before-commit');
    return done;
  });
  failpoint(name, 'after-commit');
  return result;
}

/** Whatever the values: PostgreSQL takes lists of ids for longer than they are, and would plan anew each time to save on that. */
const BEGIN_PLANNED_ONCE = 'begin; set local plan_cache_mode = force_generic_plan';

/** As `withTransaction`, for what comes with every attempt: a connection plans its statements once. They have to find rows by keys. */
export function withFrequentTransaction<T>(pool: pg.Pool, name: string, work: Work<T>): Promise<T> {
  return runNamed(pool, name, work, BEGIN_PLANNED_ONCE);
}

/** Several reads that see one state of the database. */
export function withSnapshot<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return runTransaction(pool, 'begin isolation level repeatable read, read only', work);
}

/** PostgreSQL ends one of those that wait in a circle. Locks are taken in one order, so this is for what that order misses. */
const DEADLOCK_DETECTED = '40P01';
const DEADLOCK_TRIES = 3;

/** `work` may run again: it starts from nothing, since the database has forgotten what the first one wrote. */
async function runTransaction<T>(pool: pg.Pool, begin: string, work: Work<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryTransaction(pool, begin, work);
    } catch (thrown) {
      const isDeadlock = thrown instanceof Error && 'code' in thrown && thrown.code === DEADLOCK_DETECTED;
      if (!isDeadlock || tries === DEADLOCK_TRIES) throw thrown;
    }
  }
}

async function tryTransaction<T>(pool: pg.Pool, begin: string, work: Work<T>): Promise<T> {
  const client = await retryWhenLost(() => beginOn(pool, begin));
  let broken: Error | undefined;
  try {
    const result = await work(toTransaction(client));
    await client.query('commit');
    return result;
  } catch (thrown) {
    await client.query('rollback').catch((error: unknown) => {
      broken = error instanceof Error ? error : new Error(String(error));
    });
    throw thrown;
  } finally {
    client.release(broken);
  }
}

/** The statements of transactions are constants: a connection has each planned once, which is half of what it costs. */
function toTransaction(client: pg.PoolClient): Transaction {
  return { isTransaction: true, ...prepareAll(client) };
}

/** Asks by prepared statements: for constant statements that come often, outside of transactions too. */
export function prepareAll(db: Db): Db {
  const query = (text: string, values: unknown[] = []) => db.query({ name: nameStatement(text), text, values });
  // The overloads of the driver's `query` can't be spelled; operations use this one.
  return { query: query as Db['query'] };
}

const names = new Map<string, string>();

/** The same for the same text, in at most the 63 bytes that PostgreSQL keeps. */
function nameStatement(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(text).digest('base64url');
  names.set(text, name);
  return name;
}

async function beginOn(pool: pg.Pool, begin: string): Promise<pg.PoolClient> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    return client;
  } catch (thrown) {
    client.release(thrown instanceof Error ? thrown : true);
    throw thrown;
  }
}

/**
 * Asks again when the connection turns out to be lost: after a restart of PostgreSQL every idle connection of the pool is, and
 * each is found out by its first use. For reads, and for what has written nothing yet.
 */
export async function retryWhenLost<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (thrown) {
      if (tries >= POOL_SIZE || !isLost(thrown)) throw thrown;
    }
  }
}

/** An end of a connection that there was; a PostgreSQL that refuses or does not answer is not asked again. */
const LOST_CODES: readonly string[] = ['57P01', '57P02', '08003', '08006', 'ECONNRESET', 'EPIPE'];

function isLost(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const isCoded = 'code' in thrown && LOST_CODES.includes(String(thrown.code));
  return isCoded || thrown.message.startsWith('Connection terminated');
}

/** SQLSTATEs of text that PostgreSQL can't store: NUL in text, \u0000 or a lone surrogate in jsonb. */
const UNSTORABLE = new Set(['22021', '22P05', '22P02']);
/** Classes and codes that say "not now": connection exceptions, shutdown, too many connections. */
const UNAVAILABLE = /^(?:08|57P0|53300|ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT)/;
/** Said to who would connect: the database was closed to connections, as while it is copied or renamed. */
const CLOSED = '55000';
/** Class 28 (no such user, wrong password, not let in from here) and a database that is not there: the URL is wrong. */
const REFUSED = /^(?:28|3D000$)/;
const LOST_CONNECTION = /^(?:Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after)/;

/** Said of a Unix socket: it is not there while PostgreSQL is not, or its folder was moved; nobody else may use it; too many wait. */
const UNREACHABLE: readonly string[] = ['ENOENT', 'EACCES', 'EAGAIN'];

function isUnreachable(code: string, thrown: Error): boolean {
  return UNREACHABLE.includes(code) && 'syscall' in thrown && thrown.syscall === 'connect';
}

/** Turns an error of the driver into a TowpathError by its code; anything else is returned as it is. */
export function translateDatabaseError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof TowpathError) return thrown;
  const code = 'code' in thrown ? String(thrown.code) : '';
  if (UNSTORABLE.has(code)) {
    return new TowpathError(
      {
        code: 'REQUEST_INVALID',
        message: 'The request holds text that can not be stored.',
        cause: 'It contains a NUL character or half of a surrogate pair.',
        fix: 'Remove that character.',
      },
      { cause: thrown },
    );
  }
  if (REFUSED.test(code)) return connectionRefused(code, thrown);
  // In a session that goes on it is about a statement, which is ours to get right.
  if (code === CLOSED && 'severity' in thrown && thrown.severity === 'FATAL') return databaseClosed(thrown);
  // The driver gives its own lost connections no code; its message is all there is.
  if (!UNAVAILABLE.test(code) && !isUnreachable(code, thrown) && !LOST_CONNECTION.test(thrown.message)) return thrown;
  return new TowpathError(
    {
      code: 'DATABASE_UNAVAILABLE',
      message: 'PostgreSQL does not answer.',
      cause: code || thrown.message,
      fix: `Look at \`${TOWPATH} doctor\`; the request can be repeated.`,
    },
    { cause: thrown },
  );
}

function databaseClosed(thrown: Error): TowpathError {
  return new TowpathError(
    {
      code: 'DATABASE_UNAVAILABLE',
      message: 'PostgreSQL takes no connections to the database now.',
      cause: `It answers, and says ${CLOSED}: somebody has closed this database to connections.`,
      fix: 'Whoever runs PostgreSQL lets connections in again (`alter database … with allow_connections true`); the request can be repeated.',
    },
    { cause: thrown },
  );
}

/** Neither user nor database is named: the reply reaches everybody who may ask the server. */
function connectionRefused(code: string, thrown: Error): TowpathError {
  return new TowpathError(
    {
      code: 'DATABASE_UNAVAILABLE',
      message: 'PostgreSQL refuses the connection.',
      cause: `It answers, and says ${code}: ${code === '3D000' ? 'there is no such database' : 'user or password are not taken'}.`,
      fix: 'Correct user, password and database in the URL of the database: `TOWPATH_DATABASE_URL`, or `--database-url`.',
    },
    { cause: thrown },
  );
}
