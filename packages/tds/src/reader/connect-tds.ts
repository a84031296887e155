// Opens a connection to a SQL Server and logs in, all within one time limit.
import { TowpathError } from '@towpath/core';
import type { TdsConnection, TdsConnectOptions } from '../tds-connection.ts';
import { exchangeLogin, exchangePrelogin } from './login.ts';
import { PacketConnection } from './packet-connection.ts';
import { createConnection } from './reader-connection.ts';

/** Long enough for a cold server across a WAN, short enough that a wrong address is noticed. */
const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;
/** 4 KiB and 32 KiB measured alike on loopback; 8,000 rows' worth of header bytes is no matter at this size. */
const DEFAULT_PACKET_BYTES = 8192;

/**
 * Connects and logs in. `TDS_CONNECT_FAILED`, `TDS_CONNECT_TIMEOUT`, `TDS_ENCRYPTION_UNSUPPORTED`, `TDS_ENCRYPTION_MISMATCH`, `TDS_TLS_FAILED`, `TDS_LOGIN_FAILED`,
 * `TDS_DATABASE_UNAVAILABLE`, `TDS_CONNECTION_LOST`, `TDS_PROTOCOL_ERROR`; never waits longer than `connectTimeoutMs`.
 */
export async function connectTds(options: TdsConnectOptions): Promise<TdsConnection> {
  if (options.encrypt === 'strict') throw strictError();
  const limitMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const { connection, opened } = openPacketConnection(options);
  const deadline = setTimeout(() => connection.fail(timeoutError(options, limitMs)), limitMs);
  try {
    await opened;
    await exchangePrelogin(connection, options);
    return createConnection(connection, await exchangeLogin(connection, options), options);
  } catch (error) {
    const failure = error instanceof TowpathError ? error : refusedError(options, String(error));
    connection.fail(failure);
    throw failure;
  } finally {
    clearTimeout(deadline);
  }
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

function strictError(): TowpathError {
  return new TowpathError({
    code: 'TDS_ENCRYPTION_UNSUPPORTED',
    message: 'Strict encryption (TDS 8.0) is not built yet.',
    cause: 'MSSQL_ENCRYPT is strict.',
    fix: 'Set MSSQL_ENCRYPT=on, which encrypts everything after the first exchange.',
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
