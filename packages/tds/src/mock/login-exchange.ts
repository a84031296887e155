// The server's side of everything before the first request: PRELOGIN, TLS, LOGIN7, integrated security.
import { decodeLogin7, type Login7, readLoginFeatures } from '../codec/login7.ts';
import { PacketType, toPackets } from '../codec/packet.ts';
import { decodePrelogin, encodePrelogin, PreloginEncryption } from '../codec/prelogin.ts';
import { protocolError } from '../tds-errors.ts';
import {
  acceptLogin,
  challengeLogin,
  findLogin,
  type LoginVerdict,
  MOCK_VERSION,
  packetSizeOf,
  refuseLogin,
} from './mock-login.ts';
import type { AnswerSspi, MockEncryption, MockLogin } from './mock-sql-server.ts';
import type { MockTransport } from './mock-transport.ts';

const LOGIN_PACKET_BYTES = 4096;

/** What a login is checked against. */
export interface LoginContext {
  readonly logins: readonly MockLogin[];
  readonly encryption: MockEncryption;
  readonly answerSspi: AnswerSspi | undefined;
  readonly routeTo: { readonly host: string; readonly port: number } | undefined;
}

/** Who logged in, and the size of packets from then on. */
export interface AcceptedLogin {
  readonly login: MockLogin;
  readonly packetSize: number;
}

/** See the file's head. One for each connection. */
export class LoginExchange {
  private readonly transport: MockTransport;
  private readonly context: LoginContext;
  private agreed: 'none' | 'login' | 'all' | undefined;
  private features: ReadonlySet<number> = new Set();
  /** The LOGIN7 whose tokens are still going to and fro. */
  private pending: Login7 | undefined;

  constructor(transport: MockTransport, context: LoginContext) {
    this.transport = transport;
    this.context = context;
  }

  /** Answers one message; gives the login once it is accepted. `TDS_PROTOCOL_ERROR` for what has no place here. */
  take(type: number, message: Buffer): AcceptedLogin | undefined {
    if (type === PacketType.prelogin && this.agreed === undefined) {
      this.answerPrelogin(message);
      return undefined;
    }
    if (type === PacketType.login7 && !this.pending) {
      if (this.context.encryption === 'required' && this.agreed !== 'all') throw protocolError('A login in the clear.');
      if (this.agreed === 'login') this.transport.stopTls();
      this.features = readLoginFeatures(message);
      return this.answerLogin(decodeLogin7(message));
    }
    if (type === PacketType.sspi && this.pending) return this.answerToken(this.pending, message);
    throw protocolError(`Before login came the type 0x${type.toString(16)}.`);
  }

  private answerPrelogin(message: Buffer): void {
    const { encryption: wish } = decodePrelogin(message);
    const answer = this.transport.isStrict
      ? PreloginEncryption.notSupported
      : chooseEncryption(wish, this.context.encryption);
    const isAll = answer === PreloginEncryption.on || answer === PreloginEncryption.required;
    this.agreed = this.transport.isStrict || isAll ? 'all' : answer === PreloginEncryption.off ? 'login' : 'none';
    this.send(encodePrelogin({ version: MOCK_VERSION, encryption: answer }));
    if (this.agreed !== 'none' && !this.transport.isStrict) this.transport.startTls();
  }

  private answerLogin(request: Login7): AcceptedLogin | undefined {
    if (!request.sspi) return this.conclude(request, findLogin(request, this.context.logins));
    this.pending = request;
    return this.answerToken(request, request.sspi);
  }

  private answerToken(request: Login7, token: Buffer): AcceptedLogin | undefined {
    const answer = this.context.answerSspi?.(token) ?? 'refuse';
    if (Buffer.isBuffer(answer)) {
      this.send(challengeLogin(answer));
      return undefined;
    }
    const login = this.context.logins.find(({ readOnly }) => readOnly);
    return this.conclude(request, answer === 'accept' && login ? { login } : { number: 18_456 });
  }

  private conclude(request: Login7, verdict: LoginVerdict): AcceptedLogin | undefined {
    if (!('login' in verdict)) {
      this.transport.end(toPackets(PacketType.response, refuseLogin(request, verdict.number), LOGIN_PACKET_BYTES));
      return undefined;
    }
    this.send(acceptLogin(request, { features: this.features, routeTo: this.context.routeTo }));
    return { login: verdict.login, packetSize: packetSizeOf(request) };
  }

  private send(message: Buffer): void {
    this.transport.write(toPackets(PacketType.response, message, LOGIN_PACKET_BYTES));
  }
}

/** The server's answer to the client's ENCRYPTION option (the table in MS-TDS 2.2.6.5). */
function chooseEncryption(wish: number, own: MockEncryption): number {
  if (own === 'none') return PreloginEncryption.notSupported;
  if (own === 'required') return PreloginEncryption.required;
  if (wish === PreloginEncryption.notSupported) return PreloginEncryption.notSupported;
  return wish === PreloginEncryption.off ? PreloginEncryption.off : PreloginEncryption.on;
}
