import type { EngineSession } from '../engine/engine-session.ts';
import type { SqlEngine } from '../engine/sql-engine.ts';
import type { MockLogin } from '../mock-sql-server.ts';
import type { ResponseWriter } from '../response-writer.ts';

/** What a batch runs with. */
export interface BatchContext {
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  readonly login: MockLogin;
  readonly response: ResponseWriter;
  /** Token that ends each statement: DONE in a batch, DONEINPROC in a procedure. */
  readonly doneToken: number;
  /** Aborted once the client has asked to stop, or is gone. */
  readonly signal: AbortSignal;
  /** Rows after which the connection breaks, for tests. */
  readonly dropAfterRows: number | undefined;
  /** Rows after which the result ends in an error, for tests. */
  readonly failAfterRows: number | undefined;
  /** Awaited before the rows of a result, for tests. */
  beforeRows(): Promise<void> | undefined;
  drop(): void;
}
