// The two exchanges before the first request: PRELOGIN, then LOGIN7 (MS-TDS 3.2.5).
import { hostname } from 'node:os';
import { TowpathError } from '@towpath/core';
import { encodeLogin7, TDS_VERSION_7_4 } from '../codec/login7.ts';
import { PacketType } from '../codec/packet.ts';
import { decodePrelogin, encodePrelogin, PreloginEncryption } from '../codec/prelogin.ts';
import type { ServerMessage } from '../codec/tokens.ts';
import type { TdsConnectOptions } from '../tds-connection.ts';
import { protocolError } from '../tds-errors.ts';
import { toServerError } from './active-request.ts';
import type { PacketConnection } from './packet-connection.ts';
import { ResponseParser } from './response-parser.ts';

/** The version this client shows of itself: Towpath's. */
const CLIENT_VERSION = [0, 1, 0, 0] as const;
/** Login responses have no rows worth reading. */
const NO_CELLS = 0;
const ERROR_LOGIN_FAILED = 18_456;
const ERROR_DATABASE = 4060;

/**
 * Agrees on encryption, and begins it when it was asked for. `TDS_ENCRYPTION_MISMATCH` when the server insists on what we
 * don't want, or hasn't what we want; `TDS_TLS_FAILED`.
 */
export async function exchangePrelogin(connection: PacketConnection, options: TdsConnectOptions): Promise<void> {
  const isWanted = options.encrypt === 'on';
  const wish = isWanted ? PreloginEncryption.on : PreloginEncryption.notSupported;
  const message = await new Promise<Buffer>((resolve, reject) => {
    connection.receiver = {
      packet: (queue, isLast) => {
        if (!isLast) return undefined;
        connection.receiver = undefined;
        resolve(Buffer.from(queue.buffer.subarray(queue.start, queue.end)));
        queue.consumeTo(queue.end);
        return undefined;
      },
      failed: reject,
    };
    connection.send(PacketType.prelogin, encodePrelogin({ version: CLIENT_VERSION, encryption: wish }));
  });
  const { encryption } = decodePrelogin(message);
  const isOffered = encryption === PreloginEncryption.on || encryption === PreloginEncryption.required;
  if (isOffered !== isWanted) throw mismatchError(isWanted);
  if (isWanted) {
    await connection.encrypt({
      host: options.host,
      trustServerCertificate: options.trustServerCertificate ?? false,
    });
  }
}

/** Logs in and returns the server's version. `TDS_LOGIN_FAILED`, `TDS_DATABASE_UNAVAILABLE`, or `TDS_SERVER_ERROR`. */
export async function exchangeLogin(connection: PacketConnection, options: TdsConnectOptions): Promise<string> {
  const facts: { version?: string; error?: ServerMessage; isRouted?: boolean } = {};
  await new Promise<void>((resolve, reject) => {
    const parser = createLoginParser(connection, facts);
    connection.receiver = {
      packet: (queue, isLast) => {
        parser.parse(queue, isLast);
        if (!isLast) return undefined;
        connection.receiver = undefined;
        resolve();
        return undefined;
      },
      // A server may close before the client has read why; what it said counts more.
      failed: (error) => reject(facts.error ? toLoginError(facts.error, options) : error),
    };
    connection.send(PacketType.login7, encodeLogin7(toLogin(options, connection.packetSize)));
  });
  if (facts.error && facts.version === undefined) throw toLoginError(facts.error, options);
  if (facts.isRouted) throw routedError();
  if (facts.version === undefined) throw protocolError('The login was neither accepted nor refused.');
  return facts.version;
}

function createLoginParser(
  connection: PacketConnection,
  facts: { version?: string; error?: ServerMessage; isRouted?: boolean },
): ResponseParser {
  return new ResponseParser(
    {
      columns: () => undefined,
      row: () => undefined,
      error: (message) => {
        facts.error ??= message;
      },
      info: () => undefined,
      done: () => undefined,
      loginAck: (version) => {
        facts.version = version;
      },
      packetSize: (bytes) => {
        if (bytes >= 512 && bytes <= 32_767) connection.packetSize = bytes;
      },
      routed: () => {
        facts.isRouted = true;
      },
    },
    NO_CELLS,
  );
}

function toLogin(options: TdsConnectOptions, packetSize: number) {
  return {
    tdsVersion: TDS_VERSION_7_4,
    packetSize,
    hostName: hostname().slice(0, 128),
    username: options.username,
    password: options.password,
    appName: options.appName ?? 'towpath',
    serverName: options.host,
    database: options.database,
  };
}

function toLoginError(message: ServerMessage, options: TdsConnectOptions): TowpathError {
  if (message.number === ERROR_LOGIN_FAILED) {
    return new TowpathError({
      code: 'TDS_LOGIN_FAILED',
      message: `SQL Server refused the login ${JSON.stringify(options.username)}.`,
      cause: `${message.text} (error ${message.number}, state ${message.state})`,
      fix: 'Check MSSQL_USERNAME and MSSQL_PASSWORD.',
    });
  }
  if (message.number === ERROR_DATABASE) {
    return new TowpathError({
      code: 'TDS_DATABASE_UNAVAILABLE',
      message: `The login works, the database ${JSON.stringify(options.database)} does not open.`,
      cause: `${message.text} (error ${message.number}, state ${message.state})`,
      fix: 'Check MSSQL_DATABASE, and that this login is a user there.',
    });
  }
  return toServerError(message);
}

function routedError(): TowpathError {
  return new TowpathError({
    code: 'TDS_ROUTING_UNSUPPORTED',
    message: 'The server sends this login to another server.',
    cause: 'It answered with a routing ENVCHANGE, which is not followed.',
    fix: 'Set MSSQL_SERVER and MSSQL_PORT to the server that holds the database.',
  });
}

function mismatchError(isWanted: boolean): TowpathError {
  return new TowpathError({
    code: 'TDS_ENCRYPTION_MISMATCH',
    message: isWanted ? 'SQL Server offers no encryption.' : 'SQL Server requires an encrypted connection.',
    cause: isWanted ? 'MSSQL_ENCRYPT asks for it.' : 'MSSQL_ENCRYPT is off.',
    fix: isWanted
      ? 'Give the server a certificate, or set MSSQL_ENCRYPT=off where the network may carry the data in the clear.'
      : 'Set MSSQL_ENCRYPT=on.',
  });
}
