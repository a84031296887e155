// What a start that did not work becomes: one error with the server's own last words.

import { statfs } from 'node:fs/promises';
import { TowpathError } from '@towpath/core';

/** A new data folder takes 40 MB, and recovery may need some WAL segments of 16 MB. */
const NEEDED_BYTES = 80 * 1024 * 1024;

/** SQLSTATE disk_full. */
const DISK_FULL = '53100';

export interface FailedStart {
  readonly folder: string;
  /** What we tried, as the beginning of a sentence: `PostgreSQL did not start`. */
  readonly what: string;
  /** Last lines of its log. */
  readonly log: string;
  readonly sqlState?: string | undefined;
  readonly code: 'EMBEDDED_POSTGRES_START_FAILED' | 'EMBEDDED_POSTGRES_INIT_FAILED';
}

/** The error for it; a full disk is told by SQLSTATE or by looking at the disk, as initdb has only words. */
export async function describeFailedStart(failure: FailedStart): Promise<TowpathError> {
  const disk = await statfs(failure.folder).catch(() => undefined);
  const freeBytes = disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
  if (failure.sqlState === DISK_FULL || freeBytes < NEEDED_BYTES) {
    return new TowpathError({
      code: 'EMBEDDED_POSTGRES_DISK_FULL',
      message: `${failure.what}: the disk of ${failure.folder} is full.`,
      cause: failure.log,
      fix: 'Free at least 100 MB there and start again; nothing that was committed is lost.',
    });
  }
  return new TowpathError({
    code: failure.code,
    message: `${failure.what}.`,
    cause: failure.log,
    fix: `Read ${failure.folder}/postgres.log; to start over without the local data, remove ${failure.folder}`,
  });
}
