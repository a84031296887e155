// Looks for what did not happen: nobody reports that, so it looks each minute, and at once when an environment says something new about
// it. Every server runs one.
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import { noticeAbsence } from './transactions/notice-absence.ts';

/** What the reconciler works with. */
export interface AbsenceReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly signal: AbortSignal;
  /** Told of a failed pass; the next one comes by itself. */
  readonly onError: (thrown: unknown) => void;
}

/** Limits are hours. */
const INTERVAL_MS = 60_000;

/** Runs until the signal fires; resolves then. */
export async function runAbsenceReconciler({ pool, hints, signal, onError }: AbsenceReconcilerOptions): Promise<void> {
  const subscription = hints.subscribe(['absence']);
  while (!signal.aborted) {
    await noticeAbsence(pool).catch((thrown: unknown) => {
      if (!signal.aborted) onError(thrown);
    });
    await subscription.wait(INTERVAL_MS, signal);
  }
  subscription.close();
}
