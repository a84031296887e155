// Opens a connection to a SQL Server and logs in, all within one time limit.
import { TowpathError } from '@towpath/core';
import type { TdsConnection, TdsConnectOptions } from '../tds-connection.ts';
import { exchangePrelogin } from './exchange-prelogin.ts';
import { exchangeLogin } from './login.ts';
import { lostError, PacketConnection } from './packet-connection.ts';
import { createConnection } from './reader-connection.ts';

/** Long enough for a cold server across a WAN, short enough that a wrong address is noticed. */
const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;
/** 4 KiB and 32 KiB measured alike on loopback; 8,000 rows' worth of header bytes is no matter at this size. */
const DEFAULT_PACKET_BYTES = 8192;

/** A server sends a login on once, or twice where a gateway stands before it; more is a circle. */
const MAX_ROUTES = 3;

/**
 * Connects and logs in, at another server when the first one says so. `TDS_CONNECT_FAILED`, `TDS_CONNECT_TIMEOUT`, `TDS_ENCRYPTION_MISMATCH`, `TDS_TLS_FAILED`,
 * `TDS_LOGIN_FAILED`, `TDS_DATABASE_UNAVAILABLE`, `TDS_ROUTING_LOOP`, `TDS_CONNECTION_LOST`, `TDS_PROTOCOL_ERROR`; never waits longer than `connectTimeoutMs`.
 */
export async function connectTds(options: TdsConnectOptions): Promise<TdsConnection> {
  const limitMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const attempt: OpenAttempt = {};
  const timer = setTimeout(() => {
    attempt.connection?.fail(timeoutError(options, limitMs));
  }, limitMs);
  try {
    return await followRoutes(options, attempt);
  } catch (error) {
    const failure = error instanceof TowpathError ? error : refusedError(options, String(error));
    attempt.connection?.fail(failure);
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

/** The connection that is being opened, for whoever watches the time. */
interface OpenAttempt {
  connection?: PacketConnection;
}

async function followRoutes(options: TdsConnectOptions, attempt: OpenAttempt): Promise<TdsConnection> {
  let target = options;
  for (let routes = 0; routes <= MAX_ROUTES; routes += 1) {
    const { connection, opened } = openPacketConnection(target);
    attempt.connection = connection;
    await opened;
    const encryption = await exchangePrelogin(connection, target);
    const { version, route } = await exchangeLogin(connection, target, encryption);
    if (!route) return createConnection(connection, version, target);
    connection.fail(lostError('The server sent us on.'));
    target = { ...target, ...route };
  }
  throw routingError();
}

function openPacketConnection(options: TdsConnectOptions): { connection: PacketConnection; opened: Promise<void> } {
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  const packetSize = Math.min(32_767, Math.max(512, options.packetSize ?? DEFAULT_PACKET_BYTES));
  const connection = new PacketConnection({ host: options.host, port: options.port, packetSize }, () => {
    connection.receiver = undefined;
    resolve();
  });
  connection.receiver = {
    packet: () => undefined,
    failed: (error) =>
      reject(error.code === 'TDS_CONNECT_TIMEOUT' ? error : refusedError(options, error.reason ?? error.message)),
  };
  return { connection, opened };
}

function routingError(): TowpathError {
  return new TowpathError({
    code: 'TDS_ROUTING_LOOP',
    message: 'The server sends this login to another server, and that one again.',
    cause: `${MAX_ROUTES} routing answers were followed.`,
    fix: 'Set MSSQL_SERVER and MSSQL_PORT to the server that holds the database.',
  });
}

function refusedError(options: TdsConnectOptions, cause: string): TowpathError {
  return new TowpathError({
    code: 'TDS_CONNECT_FAILED',
    message: `No connection to SQL Server at ${options.host}:${options.port}.`,
    cause,
    fix: 'Check MSSQL_SERVER and MSSQL_PORT, and that the server accepts TCP connections.',
  });
}

function timeoutError(options: TdsConnectOptions, limitMs: number): TowpathError {
  return new TowpathError({
    code: 'TDS_CONNECT_TIMEOUT',
    message: `SQL Server at ${options.host}:${options.port} did not let us in within ${limitMs} ms.`,
    cause: 'The network drops the packets, or what listens there does not speak TDS.',
    fix: 'Check MSSQL_SERVER and MSSQL_PORT, or raise MSSQL_CONNECT_TIMEOUT.',
  });
}
