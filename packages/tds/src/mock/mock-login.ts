// The server's side of PRELOGIN and LOGIN7.
import { timingSafeEqual } from 'node:crypto';
import { ByteWriter } from '../codec/byte-writer.ts';
import { LATIN1_COLLATION } from '../codec/collation.ts';
import { Feature, type Login7, TDS_VERSION_7_4 } from '../codec/login7.ts';
import {
  DoneStatus,
  EnvChange,
  type Route,
  Token,
  writeCollationChange,
  writeDone,
  writeEnvChange,
  writeRoute,
  writeServerMessage,
} from '../codec/tokens.ts';
import { MOCK_DATABASE } from './mock-defaults.ts';
import type { MockLogin } from './mock-sql-server.ts';

/** Name the mock gives itself in messages. */
export const MOCK_SERVER_NAME = 'towpath-mock';
/** Version of SQL Server the mock plays: major, minor, build, sub-build. */
export const MOCK_VERSION = [16, 0, 1000, 0] as const;

/** The login, or the number of the error that refuses it. */
export type LoginVerdict = { readonly login: MockLogin } | { readonly number: number };

/** Checks a LOGIN7: error 18456 for a wrong name or password, 4060 for another database. */
export function findLogin(request: Login7, logins: readonly MockLogin[]): LoginVerdict {
  const login = logins.find((candidate) => candidate.username.toLowerCase() === request.username.toLowerCase());
  if (!login || !isSame(login.password, request.password)) return { number: 18_456 };
  const isKnown = ['', 'master', MOCK_DATABASE.toLowerCase()].includes(request.database.toLowerCase());
  return isKnown ? { login } : { number: 4060 };
}

/** The packet size a client asked for, within the protocol's limits. */
export function packetSizeOf({ packetSize }: Login7): number {
  return Math.min(32_767, Math.max(512, packetSize === 0 ? 4096 : packetSize));
}

function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The response that refuses a login. */
export function refuseLogin(request: Login7, number: number): Buffer {
  const text =
    number === 4060
      ? `Cannot open database "${request.database}" requested by the login. The login failed.`
      : `Login failed for user '${request.username}'.`;
  const writer = new ByteWriter();
  const place = { state: 1, severity: 14, serverName: MOCK_SERVER_NAME, procedureName: '', line: 1 };
  writeServerMessage(writer, Token.error, { number, text, ...place });
  writeDone(writer, Token.done, { status: DoneStatus.error, rowCount: 0n }, 0);
  return writer.take();
}

/** The response that asks for another token of integrated security (MS-TDS 2.2.7.22). */
export function challengeLogin(token: Buffer): Buffer {
  return new ByteWriter().u8(Token.sspi).u16(token.length).bytes(token).take();
}

/** What the response depends on beside the request. */
interface AcceptFacts {
  readonly features: ReadonlySet<number>;
  readonly routeTo: Route | undefined;
}

/** FEATUREEXTACK: text of UTF-8 collations will come as UTF-8 (MS-TDS 2.2.7.11). */
function writeUtf8Support(writer: ByteWriter): void {
  writer.u8(Token.featureExtAck).u8(Feature.utf8Support).u32(1).u8(1).u8(Feature.terminator);
}

/** The response that accepts a login. Every session is in the one database, whichever of the accepted names was asked for. */
export function acceptLogin(request: Login7, facts: AcceptFacts): Buffer {
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
  writeEnvChange(writer, EnvChange.packetSize, String(packetSizeOf(request)), String(request.packetSize));
  if (facts.features.has(Feature.utf8Support)) writeUtf8Support(writer);
  if (facts.routeTo) writeRoute(writer, facts.routeTo);
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
