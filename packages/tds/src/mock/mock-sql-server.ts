// The contract of the mock SQL Server; `startMockSqlServer` makes one.
import type { CellValue, TdsEncoding } from '../tds-column.ts';

/** A SQL login the mock accepts. */
export interface MockLogin {
  readonly username: string;
  readonly password: string;
  /** A read-only login gets error 229 for INSERT, UPDATE, DELETE and DDL. */
  readonly readOnly: boolean;
}

/** A column of a seeded table. */
export interface MockColumn {
  readonly name: string;
  /** As in CREATE TABLE: `nvarchar(50)`, `decimal(18,4)`, `varbinary(max)`, `rowversion` … */
  readonly type: string;
  readonly nullable?: boolean;
  readonly identity?: boolean;
  readonly primaryKey?: boolean;
  /** Of char, varchar and text columns: as under a collation of this code page. Default `cp1252`. */
  readonly encoding?: TdsEncoding;
}

/** A table with its rows; each value is exactly what `decodeCell` gives for it. */
export interface MockTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly MockColumn[];
  readonly rows: readonly (readonly CellValue[])[];
}

/** One statement the mock received. `at` is an ISO instant. */
export interface MockStatement {
  readonly at: string;
  readonly login: string;
  readonly sql: string;
}

/** Faults a test can ask for. */
export interface MockFaults {
  /** Number of rows of this statement after which the socket is destroyed; undefined leaves it whole. */
  readonly dropConnectionAfterRows?: (sql: string) => number | undefined;
  /** Number of rows of this statement after which the server reports an error in the middle of the result. */
  readonly failAfterRows?: (sql: string) => number | undefined;
  /** Number of packets of this statement's response after which the socket is destroyed. */
  readonly dropConnectionAfterPackets?: (sql: string) => number | undefined;
  /** Awaited before the rows of this statement are sent; what they are is settled by then. */
  readonly beforeRows?: (sql: string) => Promise<void> | undefined;
}

/** `none`: no TLS. `optional`: as the client wants it, strict included. `required`: nothing in the clear. */
export type MockEncryption = 'none' | 'optional' | 'required';

/** The server's side of integrated security: a challenge for the client, or a verdict. */
export type AnswerSspi = (token: Buffer) => Buffer | 'accept' | 'refuse';

/** How the mock starts. */
export interface MockSqlServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Default `MOCK_LOGINS`. */
  readonly logins?: readonly MockLogin[];
  /** Default `none`. With encryption a certificate for localhost and 127.0.0.1 is made at start (`certificate`). */
  readonly encryption?: MockEncryption;
  /** Logs in clients that come with tokens in place of a password, as the read-only login. Without it they are refused. */
  readonly answerSspi?: AnswerSspi;
  /** Sends every login on to another server. */
  readonly routeTo?: { readonly host: string; readonly port: number };
  /** Called for each statement as it is recorded. */
  readonly onStatement?: (statement: MockStatement) => void;
  /** `snapshot_isolation_state` in sys.databases. Default true. */
  readonly isSnapshotAllowed?: boolean;
  /** `is_read_committed_snapshot_on` in sys.databases. Default false. */
  readonly isReadCommittedSnapshot?: boolean;
  /** Tables instead of `MOCK_TABLES` and `ALL_TYPES`. */
  readonly seed?: readonly MockTable[];
  readonly faults?: MockFaults;
}

/** A running mock; whoever started it closes it. */
export interface MockSqlServer {
  readonly host: string;
  readonly port: number;
  /** The last 10,000 statements, oldest first. */
  readonly statements: readonly MockStatement[];
  /** The certificate in PEM, which is its own authority; undefined without encryption. */
  readonly certificate: string | undefined;
  /** Open client connections. */
  readonly connections: number;
  /** Ends every connection and the listener. Idempotent. */
  close(): Promise<void>;
}
