// What the platform keeps of its own work, deleted when it is old: ended runs with their logs, events, bundles of code that
// nothing names. Every server sweeps; they skip each other's rows. The audit is never touched.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { deleteExpiredEvidence } from '../evidence/operations/delete-expired-evidence.ts';
import { deleteExpiredEvents } from './operations/delete-expired-events.ts';
import { deleteExpiredRuns } from './transactions/delete-expired-runs.ts';
import { deleteUnusedBundles } from './transactions/delete-unused-bundles.ts';

/** What the sweeper works with. */
export interface RetentionSweeperOptions {
  readonly pool: pg.Pool;
  /** In the database's time; from 1. */
  readonly days: number;
  readonly signal: AbortSignal;
  /** Told of a failed sweep; the next one comes by itself. */
  readonly onError: (thrown: unknown) => void;
}

/** How much goes in one transaction. */
export interface SweepBatch {
  readonly runs: number;
  readonly chunks: number;
  readonly events: number;
  readonly bundles: number;
}

/** Nobody waits for it; an hour keeps a batch that failed from staying for long. */
const INTERVAL_MS = 3600 * 1000;
/**
 * Each takes some tenths of a second: a thousand chunks are 64 MiB of logs at most. A run of 10,000 tasks takes two seconds on two
 * busy cores (retention-sweeper.test.ts), and a statement may take sixty.
 */
const BATCH: SweepBatch = { runs: 5, chunks: 1_000, events: 5_000, bundles: 10 };
/** Between two batches, so that a first sweep of years leaves room for work. */
const BREATH_MS = 50;

/** Sweeps when it starts and then every hour, until the signal fires; resolves then. */
export async function runRetentionSweeper(options: RetentionSweeperOptions): Promise<void> {
  const { pool, days, signal, onError } = options;
  while (!signal.aborted) {
    await sweep(pool, { days, signal, batch: BATCH }).catch((thrown: unknown) => {
      if (!signal.aborted) onError(thrown);
    });
    await pause(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** One sweep. */
export interface SweepRequest {
  readonly days: number;
  readonly signal: AbortSignal;
  readonly batch: SweepBatch;
}

/** Deletes all that is older than so many days, batch by batch: runs before the bundles they name. */
export async function sweep(pool: pg.Pool, { days, signal, batch }: SweepRequest): Promise<void> {
  const { runs, chunks, events, bundles } = batch;
  await repeat(signal, () => deleteExpiredRuns(pool, { days, runs, chunks }));
  await repeat(signal, async () => (await deleteExpiredEvents(pool, { days, limit: events })) > 0);
  await repeat(signal, async () => (await deleteExpiredEvidence(pool, { days, limit: events })) > 0);
  await repeat(signal, async () => (await deleteUnusedBundles(pool, { days, limit: bundles })) > 0);
}

async function repeat(signal: AbortSignal, act: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted && (await act())) await pause(BREATH_MS, undefined, { signal }).catch(() => undefined);
}
