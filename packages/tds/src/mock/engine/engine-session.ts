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

/** See the file's head. */
export class EngineSession {
  readonly spid: number;
  readonly login: string;
  /** What `@@ROWCOUNT` gives. */
  lastRowCount = 0;
  /** `@@TRANCOUNT`; inner transactions only count. */
  transactionDepth = 0;
  readonly pending: PendingWrite[] = [];
  /** What `sys.dm_exec_sessions` and `DBCC USEROPTIONS` would say. */
  isolation = 'read committed';

  constructor(spid: number, login: string) {
    this.spid = spid;
    this.login = login;
  }
}
