// The server's side of PRELOGIN and LOGIN7.
import { timingSafeEqual } from 'node:crypto';
import { ByteWriter } from '../codec/byte-writer.ts';
import { LATIN1_COLLATION } from '../codec/collation.ts';
import { decodeLogin7, type Login7, TDS_VERSION_7_4 } from '../codec/login7.ts';
import { decodePrelogin, encodePrelogin, PreloginEncryption } from '../codec/prelogin.ts';
import {
  DoneStatus,
  EnvChange,
  Token,
  writeCollationChange,
  writeDone,
  writeEnvChange,
  writeServerMessage,
} from '../codec/tokens.ts';
import { MOCK_DATABASE, type MockLogin } from './mock-sql-server.ts';

/** Name the mock gives itself in messages. */
export const MOCK_SERVER_NAME = 'towpath-mock';
const MOCK_VERSION = [16, 0, 1000, 0] as const;

/** Answers a PRELOGIN: this server has no encryption. */
export function answerPrelogin(message: Buffer): Buffer {
  decodePrelogin(message);
  return encodePrelogin({ version: MOCK_VERSION, encryption: PreloginEncryption.notSupported });
}

/** What a LOGIN7 led to. */
export interface LoginAnswer {
  readonly response: Buffer;
  /** Absent when the login was refused; the connection closes then. */
  readonly login?: MockLogin;
  readonly packetSize: number;
}

/** Checks a LOGIN7: error 18456 for a wrong name or password, 4060 for another database. */
export function answerLogin(message: Buffer, logins: readonly MockLogin[]): LoginAnswer {
  const request = decodeLogin7(message);
  const login = logins.find((candidate) => candidate.username.toLowerCase() === request.username.toLowerCase());
  const asked = request.packetSize === 0 ? 4096 : request.packetSize;
  const packetSize = Math.min(32_767, Math.max(512, asked));
  if (!login || !isSame(login.password, request.password)) {
    const text = `Login failed for user '${request.username}'.`;
    return { response: refuse(18_456, text), packetSize };
  }
  if (!['', 'master', MOCK_DATABASE.toLowerCase()].includes(request.database.toLowerCase())) {
    const text = `Cannot open database "${request.database}" requested by the login. The login failed.`;
    return { response: refuse(4060, text), packetSize };
  }
  return { response: accept(request, packetSize), login, packetSize };
}

function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refuse(number: number, text: string): Buffer {
  const writer = new ByteWriter();
  const place = { state: 1, severity: 14, serverName: MOCK_SERVER_NAME, procedureName: '', line: 1 };
  writeServerMessage(writer, Token.error, { number, text, ...place });
  writeDone(writer, Token.done, { status: DoneStatus.error, rowCount: 0n }, 0);
  return writer.take();
}

/** Every session is in the one database, whichever of the two accepted names was asked for. */
function accept(request: Login7, packetSize: number): Buffer {
  const writer = new ByteWriter();
  const place = { severity: 0, serverName: MOCK_SERVER_NAME, procedureName: '', line: 1 };
  writeEnvChange(writer, EnvChange.database, MOCK_DATABASE, 'master');
  writeServerMessage(writer, Token.info, {
    number: 5701,
    state: 2,
    text: `Changed database context to '${MOCK_DATABASE}'.`,
    ...place,
  });
  writeCollationChange(writer, LATIN1_COLLATION);
  writeEnvChange(writer, EnvChange.language, 'us_english', '');
  writeServerMessage(writer, Token.info, {
    number: 5703,
    state: 1,
    text: 'Changed language setting to us_english.',
    ...place,
  });
  writeLoginAck(writer, request.tdsVersion);
  writeEnvChange(writer, EnvChange.packetSize, String(packetSize), String(request.packetSize));
  writeDone(writer, Token.done, { status: 0, rowCount: 0n }, 0);
  return writer.take();
}

/** LOGINACK (MS-TDS 2.2.7.14); its version has the bytes in the other order than LOGIN7's. */
function writeLoginAck(writer: ByteWriter, clientVersion: number): void {
  const name = 'Microsoft SQL Server';
  writer.u8(Token.loginAck).u16(1 + 4 + 1 + name.length * 2 + 4);
  writer.u8(1).u32be(Math.min(clientVersion, TDS_VERSION_7_4)).byteText(name);
  writer.u8(MOCK_VERSION[0]).u8(MOCK_VERSION[1]).u16be(MOCK_VERSION[2]);
}
