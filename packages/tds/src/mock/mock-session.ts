// One client connection of the mock: login, then request after request. Whatever a client sends, only its own connection
// can end by it.
import type { Socket } from 'node:net';
import { TowpathError } from '@towpath/core';
import { PacketSplitter, PacketType } from '../codec/packet.ts';
import { decodeRpc, decodeSqlBatch, type RpcRequest } from '../codec/requests.ts';
import { DoneStatus, Token, writeDone, writeReturnValue } from '../codec/tokens.ts';
import { protocolError } from '../tds-errors.ts';
import type { BatchContext } from './batch/batch-context.ts';
import type { EngineSession } from './engine/engine-session.ts';
import type { SqlEngine } from './engine/sql-engine.ts';
import { type LoginContext, LoginExchange } from './login-exchange.ts';
import type { MockFaults, MockLogin } from './mock-sql-server.ts';
import { MockTransport } from './mock-transport.ts';
import { PreparedStatements } from './prepared-statements.ts';
import { ResponseWriter } from './response-writer.ts';
import { type BatchOutcome, runBatch, writeError } from './run-batch.ts';
import type { SelfSignedCertificate } from './self-signed-certificate.ts';
import { readTransactionRequest, runTransactionRequest } from './transaction-request.ts';

/** A client that hasn't logged in by then is no SQL client. */
const LOGIN_LIMIT_MS = 10_000;
/** A Kerberos ticket with many groups is the largest thing before login; garbage can't make the server keep more. */
const MAX_LOGIN_BYTES = 256 * 1024;
/** Parameters may be large, a batch isn't. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const LOGIN_PACKET_BYTES = 4096;

/** What sessions share. */
export interface SessionContext extends LoginContext {
  readonly engine: SqlEngine;
  readonly certificate: SelfSignedCertificate | undefined;
  readonly faults: MockFaults;
  record(login: string, sql: string): void;
}

/** Serves one socket until it closes. */
export class MockSession {
  private readonly socket: Socket;
  private readonly context: SessionContext;
  private readonly splitter: PacketSplitter;
  private readonly transport: MockTransport;
  private readonly exchange: LoginExchange;
  private login: MockLogin | undefined;
  private packetSize = LOGIN_PACKET_BYTES;
  private messageType = 0;
  private pieces: Buffer[] = [];
  private messageBytes = 0;
  /** Requests run one after the other. */
  private work: Promise<void> = Promise.resolve();
  private isRunning = false;
  private cancellation = new AbortController();
  private session: EngineSession | undefined;
  private readonly prepared = new PreparedStatements();

  constructor(socket: Socket, context: SessionContext) {
    this.socket = socket;
    this.context = context;
    this.splitter = new PacketSplitter({
      packetStart: (type, payloadBytes) => this.startPacket(type, payloadBytes),
      payload: (chunk, start, end) => this.pieces.push(Buffer.from(chunk.subarray(start, end))),
      packetEnd: (isLast) => {
        if (isLast) this.takeMessage();
      },
    });
    const deadline = setTimeout(() => {
      if (!this.login) socket.destroy();
    }, LOGIN_LIMIT_MS);
    socket.setNoDelay(true);
    this.transport = new MockTransport(socket, context.certificate, (chunk) => this.feed(chunk));
    this.exchange = new LoginExchange(this.transport, context);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(deadline);
      this.cancellation.abort();
      if (this.session) context.engine.closeSession(this.session);
    });
  }

  private feed(chunk: Buffer): void {
    try {
      for (let position = 0; position < chunk.length && !this.socket.destroyed; ) {
        position = this.splitter.feed(chunk, position, chunk.length);
      }
    } catch {
      this.socket.destroy();
    }
  }

  private startPacket(type: number, payloadBytes: number): void {
    this.messageType = type;
    this.messageBytes += payloadBytes;
    if (this.messageBytes > (this.login ? MAX_REQUEST_BYTES : MAX_LOGIN_BYTES)) throw protocolError('Too long.');
  }

  private takeMessage(): void {
    const message = Buffer.concat(this.pieces);
    const type = this.messageType;
    this.pieces = [];
    this.messageBytes = 0;
    if (type === PacketType.attention && this.isRunning) {
      // A running request ends with the confirmation itself; see `respond`.
      this.cancellation.abort();
      return;
    }
    if (type !== PacketType.attention && this.login) this.expectAttention();
    this.work = this.work.then(() => this.answer(type, message)).catch(() => void this.socket.destroy());
  }

  private async answer(type: number, message: Buffer): Promise<void> {
    if (this.socket.destroyed) return;
    if (!this.login) {
      const accepted = this.exchange.take(type, message);
      this.login = accepted?.login;
      this.packetSize = accepted?.packetSize ?? this.packetSize;
      return;
    }
    switch (type) {
      case PacketType.sqlBatch:
        await this.runSqlBatch(this.login, decodeSqlBatch(message));
        return;
      case PacketType.rpc:
        await this.runRpc(this.login, message);
        return;
      case PacketType.transactionManager:
        await this.runTransactionRequest(this.login, message);
        return;
      case PacketType.attention:
        await this.confirmAttention(this.startResponse());
        return;
      default:
        throw protocolError(`A request has the type 0x${type.toString(16)}.`);
    }
  }

  private startResponse(packetLimit = Number.POSITIVE_INFINITY): ResponseWriter {
    return new ResponseWriter(this.transport.stream, { packetSize: this.packetSize, packetLimit });
  }

  private async runSqlBatch(login: MockLogin, sql: string): Promise<void> {
    this.context.record(login.username, sql);
    await this.respond(sql, async (response) => {
      const outcome = await runBatch(sql, [], this.batchContext(login, sql, response, Token.done));
      const status = outcome.hasFailed ? DoneStatus.error : 0;
      if (outcome.needsDone) writeDone(response.tokens, Token.done, { status, rowCount: 0n });
    });
  }

  /** A procedure: SQL with parameters, prepared or not, or one of the catalogue's. */
  private async runRpc(login: MockLogin, message: Buffer): Promise<void> {
    const request = tryDecodeRpc(message);
    if (request instanceof TowpathError) {
      await this.refuse(request);
      return;
    }
    const call = this.prepared.read(request);
    this.context.record(login.username, call.sql ?? `exec ${request.procedure}`);
    await this.respond(call.sql ?? '', async (response) => {
      const outcome = await this.runCall(call, this.batchContext(login, call.sql ?? '', response, Token.doneInProc));
      response.tokens.u8(Token.returnStatus).i32(outcome.hasFailed ? 1 : 0);
      if (!outcome.hasFailed) writeOutput(response, request, { outcome, handle: call.handle });
      const status = outcome.hasFailed ? DoneStatus.error : 0;
      writeDone(response.tokens, Token.doneProc, { status, rowCount: 0n }, 0xe0);
    });
  }

  private async runCall(call: ReturnType<PreparedStatements['read']>, context: BatchContext): Promise<BatchOutcome> {
    if (call.error) {
      writeError(context.response, call.error);
      return { hasFailed: true, needsDone: true, parameters: [] };
    }
    return await runBatch(call.sql ?? '', call.parameters, context);
  }

  /** Transactions as a request of their own, as drivers with an API for them send it. */
  private async runTransactionRequest(login: MockLogin, message: Buffer): Promise<void> {
    const { type, name } = readTransactionRequest(message);
    this.context.record(login.username, name);
    await this.respond('', async (response) => {
      const hasFailed = runTransactionRequest(type, this.batchContext(login, '', response, Token.done));
      writeDone(response.tokens, Token.done, { status: hasFailed ? DoneStatus.error : 0, rowCount: 0n }, 0);
    });
  }

  private async refuse(error: Error): Promise<void> {
    await this.respond('', async (response) => {
      writeError(response, error);
      writeDone(response.tokens, Token.done, { status: DoneStatus.error, rowCount: 0n }, 0);
    });
  }

  /** From here on an attention is meant for the request that has just arrived, even if it hasn't begun. */
  private expectAttention(): void {
    this.isRunning = true;
    if (!this.socket.destroyed) this.cancellation = new AbortController();
  }

  /** Runs and sends one response; a request stopped by an attention is answered by a second, confirming message. */
  private async respond(sql: string, run: (response: ResponseWriter) => Promise<void>): Promise<void> {
    const response = this.startResponse(this.context.faults.dropConnectionAfterPackets?.(sql));
    await run(response);
    this.isRunning = false;
    if (this.cancellation.signal.aborted) await this.confirmAttention(response);
    else await response.end();
  }

  private async confirmAttention(response: ResponseWriter): Promise<void> {
    writeDone(response.tokens, Token.done, { status: DoneStatus.attention, rowCount: 0n }, 0);
    await response.end();
  }

  private openSession(login: MockLogin): EngineSession {
    this.session ??= this.context.engine.openSession(login.username);
    return this.session;
  }

  private batchContext(login: MockLogin, sql: string, response: ResponseWriter, doneToken: number): BatchContext {
    return {
      engine: this.context.engine,
      login,
      response,
      doneToken,
      session: this.openSession(login),
      signal: this.cancellation.signal,
      dropAfterRows: this.context.faults.dropConnectionAfterRows?.(sql),
      failAfterRows: this.context.faults.failAfterRows?.(sql),
      beforeRows: () => this.context.faults.beforeRows?.(sql),
      drop: () => {
        this.cancellation.abort();
        this.socket.resetAndDestroy();
      },
    };
  }
}

/** A call with a parameter of an unknown type is answered with an error; damage ends the connection. */
function tryDecodeRpc(message: Buffer): RpcRequest | TowpathError {
  try {
    return decodeRpc(message);
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'TDS_TYPE_UNSUPPORTED') return error;
    throw error;
  }
}

/** The handle of a prepared statement, and parameters that the call wants back. */
function writeOutput(
  response: ResponseWriter,
  request: RpcRequest,
  { outcome, handle }: { readonly outcome: BatchOutcome; readonly handle: number | undefined },
): void {
  for (const [ordinal, { name, isOutput, type }] of request.parameters.entries()) {
    if (!isOutput) continue;
    const left = outcome.parameters.find((parameter) => parameter.name.toLowerCase() === name.toLowerCase());
    const value = left ? left.value : (handle ?? null);
    writeReturnValue(response.tokens, { ordinal, name, type: left?.type ?? type, value });
  }
}
