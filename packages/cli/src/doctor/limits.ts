import type { CheckLimits } from './check.ts';

/** What `npx towpath doctor` calls healthy. */
export const LIMITS: CheckLimits = {
  // From this version on Node runs our TypeScript as it is.
  minNodeMajor: 24,
  // PostgreSQL stops writing when a disk is full; a fresh state folder takes about 60 MB, logs and tables come on top.
  minFreeMiB: 1024,
  // `nulls not distinct` in the unique indexes of incremental loads.
  minWarehouseMajor: 15,
  // `uuidv7()` makes the ids.
  minStateMajor: 18,
  // Certificates of 90 days are renewed at 30: with 14 left the renewal has failed for two weeks.
  certificateDays: 14,
  // A Date header has whole seconds, and an answer may take two; leases and schedules bear a few seconds.
  clockToleranceMs: 5_000,
};
