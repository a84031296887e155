// One connection's state in the engine.
import type { SqlParameter } from './sql-parameter.ts';
import type { TsqlToken } from './tsql-lexer.ts';

/** A statement that an open transaction has run and nobody else sees yet. */
export interface PendingWrite {
  readonly tokens: readonly TsqlToken[];
  readonly parameters: readonly SqlParameter[];
  /** The rowversions its rows got. */
  readonly versions: readonly bigint[];
}

/** What ERROR_NUMBER and its like tell inside of a CATCH. */
export interface CaughtError {
  readonly number: number;
  readonly severity: number;
  readonly message: string;
}

/** See the file's head. */
export class EngineSession {
  readonly spid: number;
  readonly login: string;
  /** What `@@ROWCOUNT` gives. */
  lastRowCount = 0;
  /** `@@TRANCOUNT`; inner transactions only count. */
  transactionDepth = 0;
  readonly pending: PendingWrite[] = [];
  /** What `SCOPE_IDENTITY()` gives. */
  lastIdentity: number | null = null;
  /** Set while a CATCH runs. */
  caughtError: CaughtError | undefined;
  /** What `sys.dm_exec_sessions` and `DBCC USEROPTIONS` would say. */
  isolation = 'read committed';

  /** Drops what was written into a table that is no more. */
  forget(table: string): void {
    const kept = this.pending.filter(({ tokens }) => !tokens.some(({ text }) => text === table));
    this.pending.splice(0, this.pending.length, ...kept);
  }

  constructor(spid: number, login: string) {
    this.spid = spid;
    this.login = login;
  }
}
