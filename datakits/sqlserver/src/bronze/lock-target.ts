// One ingestion per target at a time: a session advisory lock on the control connection, gone when that connection is.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { TargetTable } from './target-table.ts';

/** SQLSTATE lock_not_available: a lock_timeout ran out. */
const LOCK_NOT_AVAILABLE = '55P03';

/** Waits up to `waitSeconds` for the target's lock and holds it until the connection ends. Error: `INGEST_BUSY`. */
export async function lockTarget(client: Client, target: TargetTable, waitSeconds: number): Promise<void> {
  // lock_timeout 0 would wait without limit.
  const waitMs = Math.max(1, Math.round(waitSeconds * 1_000));
  await client.query(`set lock_timeout = ${waitMs}`);
  try {
    await client.query("select pg_advisory_lock(hashtextextended('towpath ingest ' || $1, 0))", [target.name]);
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    throw new TowpathError(
      {
        code: 'INGEST_BUSY',
        message: `Another ingestion of ${target.name} is running.`,
        cause: `It did not finish within ${waitSeconds} seconds.`,
        fix: 'Wait for it and run again, or wait longer with --lock-timeout.',
      },
      { cause: error },
    );
  } finally {
    await client.query('set lock_timeout = 0').catch(() => undefined);
  }
}

/** Whether a statement gave up because of lock_timeout. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
}
