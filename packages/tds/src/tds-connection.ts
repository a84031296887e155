// The contract of a connection to a SQL Server; `connectTds` makes one.
import type { CellValue, RowSink, TdsColumn } from './tds-column.ts';

/**
 * `off`: the login alone, with whatever certificate, and nothing where the server has no TLS. `on`: everything after
 * PRELOGIN, or no connection. `strict`: TLS before the first TDS byte (TDS 8.0), or no connection.
 */
export type TdsEncryption = 'off' | 'on' | 'strict';

/** What of a server's certificate is checked, under `on` and `strict`: its name, and that an authority vouches for it. */
export interface TdsCertificateOptions {
  /** Accept any certificate. Default false. */
  readonly trustServerCertificate?: boolean;
  /** Authorities to trust in place of those of Node, in PEM. */
  readonly certificateAuthority?: string;
  /** The name the certificate must have. Default the host. */
  readonly certificateName?: string;
}

/** Proves an identity without a password (Kerberos, NTLM): tokens for the server and its answers in turn. */
export interface TdsIntegratedSecurity {
  /** The first token, then one for each challenge of the server. */
  next(challenge: Buffer | undefined): Promise<Buffer>;
}

/** Where to connect and as whom. */
export interface TdsConnectOptions extends TdsCertificateOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly encrypt: TdsEncryption;
  /** In place of username and password, which are then not sent. */
  readonly integratedSecurity?: TdsIntegratedSecurity;
  /** Shown by the server in its session list. Default `towpath`. */
  readonly appName?: string;
  /** Limit for TCP connect, PRELOGIN and login together. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /** Longest silence of the server while a request runs; time spent in the sink's `drain` doesn't count. Default 300,000. */
  readonly requestTimeoutMs?: number;
  /** How long the server may take to confirm that it stopped; then the connection is given up. Default 10,000. */
  readonly cancelTimeoutMs?: number;
  /** Asked packet size in bytes, 512 to 32,767; the server decides. Default 8,192. */
  readonly packetSize?: number;
  /** Largest accepted cell in bytes. Default 64 MiB. */
  readonly maxCellBytes?: number;
  /** What a larger cell does when the sink takes no pieces: `fail` ends the request, `omit` passes over it (`OMITTED_CELL`). Default `fail`. */
  readonly oversizedCells?: 'fail' | 'omit';
}

/** An information message of the server (PRINT, changed database …). */
export interface TdsMessage {
  readonly number: number;
  readonly severity: number;
  readonly text: string;
}

/** A value for a `@name` in a statement. */
export interface TdsParameter {
  /** With `@`. */
  readonly name: string;
  /** As T-SQL declares it: `int`, `decimal(18,4)`, `nvarchar(max)` … */
  readonly type: string;
  /** As `decodeCell` would give it. */
  readonly value: CellValue;
}

/** What one request may be told besides its statement. */
export interface TdsRequestOptions {
  /** With these the statement goes through sp_executesql. */
  readonly parameters?: readonly TdsParameter[];
  /** Longest time from sending to the end of the response, drains included; then the server is asked to stop (`TDS_REQUEST_TIMEOUT`). */
  readonly timeoutMs?: number;
  /** Cancels the request when it aborts. */
  readonly signal?: AbortSignal;
}

/** A logged-in connection. It runs one request at a time; a second one meanwhile is refused with `TDS_CONNECTION_BUSY`. */
export interface TdsConnection {
  /** For example `16.0.1000`. */
  readonly serverVersion: string;
  /** Called for each information message. */
  onMessage?: ((message: TdsMessage) => void) | undefined;
  /**
   * Runs a batch and hands its rows to the sink; `rowCount` counts those. Rejects with `TDS_SERVER_ERROR` once the response is drained,
   * `TDS_CONNECTION_LOST`, `TDS_REQUEST_TIMEOUT`, `TDS_REQUEST_CANCELLED`, `TDS_CELL_TOO_LARGE`, `TDS_PROTOCOL_ERROR`, or what the sink threw.
   */
  stream(sql: string, sink: RowSink, request?: TdsRequestOptions): Promise<{ readonly rowCount: number }>;
  /** Runs a batch and collects its last result set; for small results. Errors as `stream`. */
  query(
    sql: string,
    request?: TdsRequestOptions,
  ): Promise<{ readonly columns: readonly TdsColumn[]; readonly rows: CellValue[][] }>;
  /** Asks the server to stop the running request, which then rejects with `TDS_REQUEST_CANCELLED`. No effect when idle. */
  cancel(): void;
  /** Ends the connection; a running request rejects with `TDS_CONNECTION_LOST`. Idempotent. */
  close(): Promise<void>;
}
