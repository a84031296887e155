// Starts the mock SQL Server: a TCP listener, one engine, one session per connection.
import net from 'node:net';
import { TowpathError } from '@towpath/core';
import { SqlEngine } from './engine/sql-engine.ts';
import { MOCK_LOGINS } from './mock-defaults.ts';
import { MockSession } from './mock-session.ts';
import type { MockSqlServer, MockSqlServerOptions, MockStatement } from './mock-sql-server.ts';
import { ALL_TYPES } from './seed/all-types.ts';
import { MOCK_TABLES } from './seed/mock-tables.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';

/** Statements kept: enough to look back on a test, bounded for a mock that runs for days. */
const MAX_STATEMENTS = 10_000;

/**
 * Listens and answers. `MOCK_SEED_INVALID` when a seeded value fits no cell of its type; `MOCK_PORT_TAKEN` when the port is
 * in use, `MOCK_LISTEN_FAILED` for any other reason.
 */
export async function startMockSqlServer(options: MockSqlServerOptions): Promise<MockSqlServer> {
  const engine = new SqlEngine(options.seed ?? [...MOCK_TABLES, ALL_TYPES], {
    isSnapshotAllowed: options.isSnapshotAllowed ?? true,
    isReadCommittedSnapshot: options.isReadCommittedSnapshot ?? false,
  });
  const encryption = options.encryption ?? 'none';
  const certificate = encryption === 'none' ? undefined : createSelfSignedCertificate(['localhost', '127.0.0.1']);
  const statements: MockStatement[] = [];
  const sockets = new Set<net.Socket>();
  const record = (login: string, sql: string) => {
    const statement = { at: new Date().toISOString(), login, sql };
    statements.push(statement);
    if (statements.length > MAX_STATEMENTS) statements.shift();
    options.onStatement?.(statement);
  };
  const context = {
    engine,
    logins: options.logins ?? Object.values(MOCK_LOGINS),
    faults: options.faults ?? {},
    encryption,
    certificate,
    answerSspi: options.answerSspi,
    routeTo: options.routeTo,
    record,
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new MockSession(socket, context);
  });
  const port = await listen(server, options);
  let closing: Promise<void> | undefined;
  return {
    host: options.host,
    port,
    statements,
    certificate: certificate?.cert,
    get connections() {
      return sockets.size;
    },
    close: () => {
      closing ??= closeServer(server, sockets, engine);
      return closing;
    },
  };
}

async function listen(server: net.Server, options: MockSqlServerOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : options.port;
}

async function closeServer(server: net.Server, sockets: Set<net.Socket>, engine: SqlEngine): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
  engine.close();
}

function toListenError(error: NodeJS.ErrnoException, options: MockSqlServerOptions): TowpathError {
  const isTaken = error.code === 'EADDRINUSE';
  return new TowpathError(
    {
      code: isTaken ? 'MOCK_PORT_TAKEN' : 'MOCK_LISTEN_FAILED',
      message: `The mock SQL Server cannot listen on ${options.host}:${options.port}.`,
      cause: isTaken ? 'Another process listens on this port.' : error.message,
      fix: 'Choose another port; 0 takes a free one.',
    },
    { cause: error },
  );
}
