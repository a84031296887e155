// One request from its sending to the end of its response: collects errors and counts, hands rows on, decides how it ends.
import { TowpathError } from '@towpath/core';
import { type Done, DoneStatus, type ServerMessage } from '../codec/tokens.ts';
import type { CellPiece, RowSink } from '../tds-column.ts';
import { protocolError } from '../tds-errors.ts';
import type { ByteQueue } from './byte-queue.ts';
import type { PacketReceiver } from './packet-connection.ts';
import { type ResponseEvents, ResponseParser } from './response-parser.ts';

/** What the request tells the connection it runs on. */
export interface RequestHost {
  readonly maxCellBytes: number;
  /** Whether cells beyond that are passed over when the sink doesn't take them. */
  readonly omitsOversized: boolean;
  /** Sends an attention: the sink failed, the rest isn't wanted. */
  stop(): void;
  info(message: ServerMessage): void;
  packetSize(bytes: number): void;
  /** The response is complete, or the connection ended with this error. */
  finished(): void;
}

/** See the file's head. `outcome` settles once. */
export class ActiveRequest implements PacketReceiver {
  readonly outcome: Promise<{ rowCount: number }>;
  private readonly sink: RowSink;
  private readonly host: RequestHost;
  private readonly parser: ResponseParser;
  private rowCount = 0;
  private serverError: ServerMessage | undefined;
  /** What ends the request in place of the server's answer: the sink's error, or the cancellation. */
  private failure: unknown;
  /** True after a DONE that announces no more. */
  private isEnded = false;
  private isStopping = false;
  private isStopped = false;
  private readonly stopped = Promise.withResolvers<void>();
  private settle: { resolve: (value: { rowCount: number }) => void; reject: (reason: unknown) => void };

  constructor(sink: RowSink, host: RequestHost) {
    this.sink = sink;
    this.host = host;
    const { promise, resolve, reject } = Promise.withResolvers<{ rowCount: number }>();
    this.outcome = promise;
    this.settle = { resolve, reject };
    this.parser = new ResponseParser(this.events(), host.maxCellBytes);
  }

  /** The request ends with `reason` once the server has confirmed that it stopped. */
  stop(reason: unknown): void {
    if (this.isStopping) return;
    this.isStopping = true;
    this.failure = reason;
    this.stopped.resolve();
    this.host.stop();
  }

  packet(queue: ByteQueue, isLast: boolean): Promise<void> | undefined {
    this.parser.parse(queue, isLast);
    const wait = this.isStopping ? undefined : this.askDrain();
    if (!wait) {
      this.completeAfter(isLast);
      return undefined;
    }
    // A request that is stopped doesn't wait for its sink any longer.
    return Promise.race([wait, this.stopped.promise]).then(
      () => this.completeAfter(isLast),
      (error: unknown) => {
        if (!isLast) this.stop(error);
        else this.failure ??= error;
        this.completeAfter(isLast);
      },
    );
  }

  /** After an attention the response may end before the server confirms; only the confirmation ends the request. */
  private completeAfter(isLast: boolean): void {
    if (!isLast || (this.isStopping && !this.isStopped)) return;
    // Whoever cut the response short may have set the end mark as well; without its DONE it is no whole result.
    if (!this.isEnded && !this.isStopping) throw protocolError('A response ends without the DONE that ends it.');
    this.complete();
  }

  failed(error: TowpathError): void {
    this.host.finished();
    // What made us stop is the cause; that the connection ended meanwhile follows from it or changes nothing.
    this.settle.reject(this.isStopping ? this.failure : error);
  }

  private askDrain(): Promise<void> | undefined {
    try {
      return this.sink.drain?.();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private complete(): void {
    this.host.finished();
    if (this.failure !== undefined) this.settle.reject(this.failure);
    else if (this.serverError) this.settle.reject(toServerError(this.serverError));
    else this.settle.resolve({ rowCount: this.rowCount });
  }

  private events(): ResponseEvents {
    return {
      columns: (columns) => this.give(() => this.sink.columns(columns)),
      row: (row) => {
        if (this.isStopping) return;
        this.rowCount += 1;
        try {
          this.sink.row(row);
        } catch (error) {
          this.stop(error);
        }
      },
      oversized: this.takeOversized(),
      error: (message) => {
        this.serverError ??= message;
      },
      info: (message) => this.host.info(message),
      done: (done) => this.noteDone(done),
      loginAck: () => undefined,
      packetSize: (bytes) => this.host.packetSize(bytes),
      routed: () => undefined,
    };
  }

  private takeOversized(): ((piece: CellPiece) => void) | undefined {
    const { sink } = this;
    if (sink.oversized) return (piece) => this.give(() => sink.oversized?.(piece));
    return this.host.omitsOversized ? () => undefined : undefined;
  }

  private give(action: () => void): void {
    if (this.isStopping) return;
    try {
      action();
    } catch (error) {
      this.stop(error);
    }
  }

  private noteDone(done: Done): void {
    this.isEnded = (done.status & DoneStatus.more) === 0;
    if (done.status & DoneStatus.attention) this.isStopped = true;
  }
}

/** `TDS_SERVER_ERROR` with number, state and line in its cause. */
export function toServerError(message: ServerMessage): TowpathError {
  const place = message.procedureName === '' ? `line ${message.line}` : `${message.procedureName} line ${message.line}`;
  return new TowpathError({
    code: 'TDS_SERVER_ERROR',
    message: `SQL Server refused or broke off a statement: ${message.text}`,
    cause: `error ${message.number}, severity ${message.severity}, state ${message.state}, ${place}`,
  });
}
