// Keeps evidence fresh for promotions that wait: looks at each when something about promotions changed, and twice a minute. Every
// server runs one; a question that one of them asks is no other's.
import { createTurns } from '@towpath/core';
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import { findPolicy } from '../promotions/operations/find-policy.ts';
import { listLivePromotions } from '../promotions/operations/list-live-promotions.ts';
import type { EvidenceDesk } from './evidence-desk.ts';

/** What the reconciler works with. */
export interface EvidenceReconcilerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  readonly desk: EvidenceDesk;
  readonly signal: AbortSignal;
  /** Told of what failed; it is tried again. */
  readonly onError: (thrown: unknown) => void;
}

/** Evidence lives for minutes; a pass with nothing to ask is two statements. */
const INTERVAL_MS = 30_000;
/** Promotions at a time: each reads some rows, and leaves connections to requests. */
const AT_ONCE = 4;

/** Runs until the signal fires; resolves then. */
export async function runEvidenceReconciler(options: EvidenceReconcilerOptions): Promise<void> {
  const { hints, signal, onError } = options;
  const subscription = hints.subscribe(['promotions']);
  while (!signal.aborted) {
    try {
      await gatherAll(options);
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(INTERVAL_MS, signal);
  }
  subscription.close();
}

async function gatherAll({ pool, desk, onError }: EvidenceReconcilerOptions): Promise<void> {
  const { policy } = await findPolicy(pool);
  if (Object.keys(policy.evidence).length === 0) return;
  const pending = (await listLivePromotions(pool)).filter(({ state }) => state === 'pending');
  const takeTurn = createTurns(AT_ONCE);
  const gathered = await Promise.allSettled(
    pending.map(({ release, environment, changeRecord }) =>
      takeTurn(() => desk.gather(pool, { releaseId: release.id, environment, changeRecord })),
    ),
  );
  for (const one of gathered) if (one.status === 'rejected') onError(one.reason);
}
