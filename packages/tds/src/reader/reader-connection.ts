// A logged-in connection: runs one request at a time over a packet connection.
import { TowpathError } from '@towpath/core';
import { decodeCell } from '../codec/decode-cell.ts';
import { PacketType } from '../codec/packet.ts';
import { encodeExecuteSql, encodeSqlBatch } from '../codec/requests.ts';
import type { CellValue, RowSink, TdsColumn } from '../tds-column.ts';
import type { TdsConnection, TdsConnectOptions, TdsMessage, TdsRequestOptions } from '../tds-connection.ts';
import { ActiveRequest, type RequestHost } from './active-request.ts';
import { lostError, type PacketConnection } from './packet-connection.ts';

/** A scan of a large table may be quiet while the server reads; five minutes of nothing is a dead peer. */
const DEFAULT_REQUEST_TIMEOUT_MS = 300_000;
/** A server confirms at once, unless it rolls much back; waiting for that would keep whoever cancelled. */
const DEFAULT_CANCEL_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_CELL_BYTES = 64 * 1024 * 1024;

/** Wraps a packet connection that has logged in, and owns it from now on. */
export function createConnection(
  packets: PacketConnection,
  serverVersion: string,
  options: TdsConnectOptions,
): TdsConnection {
  return new ReaderConnection(packets, serverVersion, options);
}

class ReaderConnection implements TdsConnection {
  readonly serverVersion: string;
  onMessage?: ((message: TdsMessage) => void) | undefined;
  private readonly packets: PacketConnection;
  private readonly requestTimeoutMs: number;
  private readonly maxCellBytes: number;
  private readonly omitsOversized: boolean;
  private readonly cancelTimeoutMs: number;
  private stopDeadline: NodeJS.Timeout | undefined;
  private active: ActiveRequest | undefined;

  constructor(packets: PacketConnection, serverVersion: string, options: TdsConnectOptions) {
    this.packets = packets;
    this.serverVersion = serverVersion;
    this.requestTimeoutMs = options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    this.cancelTimeoutMs = options.cancelTimeoutMs ?? DEFAULT_CANCEL_TIMEOUT_MS;
    this.maxCellBytes = options.maxCellBytes ?? DEFAULT_MAX_CELL_BYTES;
    this.omitsOversized = options.oversizedCells === 'omit';
  }

  async stream(sql: string, sink: RowSink, options: TdsRequestOptions = {}): Promise<{ rowCount: number }> {
    if (this.packets.ended) throw this.packets.ended;
    if (this.active) throw busyError();
    if (options.signal?.aborted) throw cancelledError();
    const { parameters } = options;
    const message = parameters ? encodeExecuteSql(sql, parameters) : encodeSqlBatch(sql);
    const request = new ActiveRequest(sink, this.host());
    this.active = request;
    this.packets.receiver = request;
    this.packets.limitSilence(this.requestTimeoutMs, () => silenceError(this.requestTimeoutMs));
    this.packets.send(parameters ? PacketType.rpc : PacketType.sqlBatch, message);
    const unlimit = limitRequest(request, options);
    return await request.outcome.finally(unlimit);
  }

  async query(
    sql: string,
    request: TdsRequestOptions = {},
  ): Promise<{ columns: readonly TdsColumn[]; rows: CellValue[][] }> {
    const result: { columns: readonly TdsColumn[]; rows: CellValue[][] } = { columns: [], rows: [] };
    const sink: RowSink = {
      columns: (columns) => {
        result.columns = columns;
        result.rows = [];
      },
      row: ({ buffer, offsets, lengths }) => {
        result.rows.push(
          result.columns.map((column, index) => decodeCell(column, buffer, offsets[index] ?? 0, lengths[index] ?? -1)),
        );
      },
    };
    await this.stream(sql, sink, request);
    return result;
  }

  cancel(): void {
    this.active?.stop(cancelledError());
  }

  async close(): Promise<void> {
    this.packets.fail(lostError('This side closed the connection.'));
    await this.packets.closed();
  }

  private host(): RequestHost {
    return {
      maxCellBytes: this.maxCellBytes,
      omitsOversized: this.omitsOversized,
      stop: () => {
        this.packets.send(PacketType.attention, Buffer.alloc(0));
        this.stopDeadline = setTimeout(
          () => this.packets.fail(unconfirmedError(this.cancelTimeoutMs)),
          this.cancelTimeoutMs,
        );
      },
      info: ({ number, severity, text }) => this.onMessage?.({ number, severity, text }),
      packetSize: (bytes) => {
        if (bytes >= 512 && bytes <= 32_767) this.packets.packetSize = bytes;
      },
      finished: () => {
        clearTimeout(this.stopDeadline);
        this.active = undefined;
        this.packets.receiver = undefined;
        this.packets.unlimitSilence();
      },
    };
  }
}

/** Stops the request at its time limit and when its signal aborts; returns what takes both away. */
function limitRequest(request: ActiveRequest, { timeoutMs, signal }: TdsRequestOptions): () => void {
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => request.stop(requestTimeoutError(timeoutMs)), timeoutMs);
  const cancel = (): void => request.stop(cancelledError());
  signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
}

function cancelledError(): TowpathError {
  return new TowpathError({
    code: 'TDS_REQUEST_CANCELLED',
    message: 'A statement was cancelled.',
    cause: 'Whoever ran it asked SQL Server to stop.',
  });
}

function requestTimeoutError(limitMs: number): TowpathError {
  return new TowpathError({
    code: 'TDS_REQUEST_TIMEOUT',
    message: `A statement took longer than ${limitMs} ms and was stopped.`,
    cause: 'It reads more than expected, or waits for a lock.',
    fix: 'Look for blocking sessions on the server, or raise the time limit of the statement.',
  });
}

function unconfirmedError(limitMs: number): TowpathError {
  return lostError(`The server did not confirm within ${limitMs} ms that it stopped a statement.`);
}

function busyError(): TowpathError {
  return new TowpathError({
    code: 'TDS_CONNECTION_BUSY',
    message: 'A connection runs one statement at a time.',
    cause: 'A second statement was started before the first had ended.',
    fix: 'Open a connection for each statement that runs at the same time.',
  });
}

function silenceError(limitMs: number): TowpathError {
  return new TowpathError({
    code: 'TDS_REQUEST_TIMEOUT',
    message: `SQL Server sent nothing for ${limitMs} ms.`,
    cause: 'The statement waits for a lock, the server is overloaded, or the connection is dead.',
    fix: 'Look for blocking sessions on the server, or raise the request timeout.',
  });
}
