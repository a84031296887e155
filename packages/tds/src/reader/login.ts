// LOGIN7 and what follows it until the server has said yes, no, or that another server is meant (MS-TDS 3.2.5).
import { hostname } from 'node:os';
import { TowpathError } from '@towpath/core';
import { encodeLogin7, type Login7, TDS_VERSION_7_4, TDS_VERSION_8_0 } from '../codec/login7.ts';
import { PacketType } from '../codec/packet.ts';
import type { Route, ServerMessage } from '../codec/tokens.ts';
import type { TdsConnectOptions } from '../tds-connection.ts';
import { protocolError } from '../tds-errors.ts';
import { toServerError } from './active-request.ts';
import type { AgreedEncryption } from './exchange-prelogin.ts';
import type { PacketConnection } from './packet-connection.ts';
import { ResponseParser } from './response-parser.ts';

/** Login responses have no rows worth reading. */
const NO_CELLS = 0;
const ERROR_LOGIN_FAILED = 18_456;
const ERROR_DATABASE = 4060;

/** How a login ended: the server's version, and where to go instead when it sends us on. */
export interface LoginOutcome {
  readonly version: string;
  readonly route: Route | undefined;
}

/** What the server has said so far. */
interface LoginFacts {
  version?: string;
  error?: ServerMessage;
  route?: Route;
  challenge?: Buffer;
}

/** Logs in. `TDS_LOGIN_FAILED`, `TDS_DATABASE_UNAVAILABLE`, or `TDS_SERVER_ERROR`. */
export async function exchangeLogin(
  connection: PacketConnection,
  options: TdsConnectOptions,
  encryption: AgreedEncryption,
): Promise<LoginOutcome> {
  const facts: LoginFacts = {};
  const login = encodeLogin7(await toLogin(options, connection.packetSize));
  await exchange(connection, options, facts, () => {
    if (encryption === 'login') connection.sendLastEncrypted(PacketType.login7, login);
    else connection.send(PacketType.login7, login);
  });
  while (facts.challenge && facts.version === undefined && !facts.error) {
    const token = await options.integratedSecurity?.next(facts.challenge);
    if (!token) throw protocolError('The server asks for integrated security, which was not offered.');
    delete facts.challenge;
    await exchange(connection, options, facts, () => connection.send(PacketType.sspi, token));
  }
  if (facts.error && facts.version === undefined) throw toLoginError(facts.error, options);
  if (facts.version === undefined) throw protocolError('The login was neither accepted nor refused.');
  return { version: facts.version, route: facts.route };
}

/** Sends, and takes in one response. */
async function exchange(
  connection: PacketConnection,
  options: TdsConnectOptions,
  facts: LoginFacts,
  send: () => void,
): Promise<void> {
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
    send();
  });
}

function createLoginParser(connection: PacketConnection, facts: LoginFacts): ResponseParser {
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
      routed: (route) => {
        facts.route = route;
      },
      challenge: (token) => {
        facts.challenge = token;
      },
    },
    NO_CELLS,
  );
}

async function toLogin(options: TdsConnectOptions, packetSize: number): Promise<Login7> {
  const sspi = await options.integratedSecurity?.next(undefined);
  return {
    tdsVersion: options.encrypt === 'strict' ? TDS_VERSION_8_0 : TDS_VERSION_7_4,
    packetSize,
    hostName: hostname().slice(0, 128),
    username: sspi ? '' : options.username,
    password: sspi ? '' : options.password,
    appName: options.appName ?? 'towpath',
    serverName: options.host,
    database: options.database,
    ...(sspi ? { sspi } : {}),
  };
}

function toLoginError(message: ServerMessage, options: TdsConnectOptions): TowpathError {
  const cause = `${message.text} (error ${message.number}, state ${message.state})`;
  if (message.number === ERROR_LOGIN_FAILED) {
    const isIntegrated = options.integratedSecurity !== undefined;
    return new TowpathError({
      code: 'TDS_LOGIN_FAILED',
      message: isIntegrated
        ? 'SQL Server refused the login by integrated security.'
        : `SQL Server refused the login ${JSON.stringify(options.username)}.`,
      cause,
      fix: isIntegrated
        ? 'Check the ticket and the server’s principal name.'
        : 'Check MSSQL_USERNAME and MSSQL_PASSWORD.',
    });
  }
  if (message.number === ERROR_DATABASE) {
    return new TowpathError({
      code: 'TDS_DATABASE_UNAVAILABLE',
      message: `The login works, the database ${JSON.stringify(options.database)} does not open.`,
      cause,
      fix: 'Check MSSQL_DATABASE, and that this login is a user there.',
    });
  }
  return toServerError(message);
}
