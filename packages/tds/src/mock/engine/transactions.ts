// Transactions over one SQLite connection. A transaction's writes are remembered and run in a savepoint that is rolled
// back at once, so nobody else sees them; each later statement of the session sees them because they are run again before
// it, and COMMIT runs them for good. Rowversions are taken when the write happens, as in SQL Server. What that leaves out:
// writers don't wait for each other, the later commit wins.
import type { DatabaseSync } from 'node:sqlite';
import type { EngineSession, PendingWrite } from './engine-session.ts';
import { MockSqlError } from './mock-sql-error.ts';
import type { RowversionSource, Rowversions } from './rowversions.ts';

/** Runs a write with rowversions from this source and gives the count of rows. */
type RunWrite = (write: Omit<PendingWrite, 'versions'>, versions: RowversionSource) => number;

/** See the file's head. */
export class Transactions {
  private readonly db: DatabaseSync;
  private readonly rowversions: Rowversions;
  private readonly runWrite: RunWrite;

  constructor(db: DatabaseSync, rowversions: Rowversions, runWrite: RunWrite) {
    this.db = db;
    this.rowversions = rowversions;
    this.runWrite = runWrite;
  }

  begin(session: EngineSession): void {
    session.transactionDepth += 1;
  }

  /** Error 3902 when there is nothing to commit. */
  commit(session: EngineSession): void {
    if (session.transactionDepth === 0) {
      throw new MockSqlError(3902, 16, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    session.transactionDepth -= 1;
    if (session.transactionDepth > 0) return;
    this.db.exec('begin');
    try {
      this.replay(session);
      this.db.exec('commit');
    } catch (error) {
      this.db.exec('rollback');
      throw error;
    } finally {
      this.end(session);
    }
  }

  /** Error 3903 when there is no transaction. */
  rollback(session: EngineSession): void {
    if (session.transactionDepth === 0) {
      throw new MockSqlError(3903, 16, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    }
    this.end(session);
  }

  /** Ends whatever the session has open, as the end of its connection does. */
  end(session: EngineSession): void {
    session.transactionDepth = 0;
    session.pending.length = 0;
    this.rowversions.settle(session);
  }

  /** Runs a write: at once outside of a transaction, remembered inside. */
  write(session: EngineSession, write: Omit<PendingWrite, 'versions'>): number {
    if (session.transactionDepth === 0) return this.runWrite(write, this.rowversions);
    const versions: bigint[] = [];
    const rowCount = this.within(session, () => this.runWrite(write, this.rowversions.recordFor(session, versions)));
    session.pending.push({ ...write, versions });
    return rowCount;
  }

  /** Runs something that sees the session's own writes, and undoes whatever it did. */
  within<T>(session: EngineSession, action: () => T): T {
    if (session.transactionDepth === 0) return action();
    this.db.exec('savepoint pending');
    try {
      this.replay(session);
      return action();
    } finally {
      this.db.exec('rollback to pending; release pending');
    }
  }

  private replay(session: EngineSession): void {
    for (const write of session.pending) this.runWrite(write, this.rowversions.replay(write.versions));
  }
}
