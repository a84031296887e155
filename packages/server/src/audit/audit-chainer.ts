// Links entries to the chain right after they are committed. Every server runs one: whoever comes first does it, so a server
// that is killed between a decision and its link leaves that to another, or to its own next start.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Hints } from '../hints/hints.ts';
import type { AuditSigner } from './audit-signer.ts';
import { extendChain } from './transactions/extend-chain.ts';

/** What the chainer works with. */
export interface AuditChainerOptions {
  readonly pool: pg.Pool;
  readonly hints: Hints;
  /** Undefined: nothing is signed. */
  readonly signer: AuditSigner | undefined;
  readonly signal: AbortSignal;
  /** Told of a failed pass; the next one comes by itself. */
  readonly onError: (thrown: unknown) => void;
}

/** Each entry sends a hint; this bounds what a lost one costs. */
const IDLE_MS = 60_000;
/** Pause after a failed pass (PostgreSQL away). */
const RETRY_MS = 1_000;
/** Decisions of one moment are linked together; the chain promises a second. */
const GATHER_MS = 30;
/** Timers round down, the database's age rounds up; a pass right at the edge would find nothing due. */
const SLACK_MS = 10;

/** Runs until the signal fires; resolves then. */
export async function runAuditChainer(options: AuditChainerOptions): Promise<void> {
  const { hints, signal, onError } = options;
  const subscription = hints.subscribe(['audit']);
  while (!signal.aborted) {
    let sleepMs = RETRY_MS;
    try {
      sleepMs = await catchUp(options);
    } catch (thrown) {
      onError(thrown);
    }
    await subscription.wait(sleepMs, signal);
    await pause(GATHER_MS, undefined, { signal }).catch(() => undefined);
  }
  subscription.close();
}

async function catchUp({ pool, signer, signal }: AuditChainerOptions): Promise<number> {
  for (;;) {
    const { hasMore, checkpointDueSeconds } = await extendChain(pool, signer);
    if (!hasMore || signal.aborted) return Math.min(IDLE_MS, (checkpointDueSeconds ?? IDLE_MS) * 1000 + SLACK_MS);
  }
}
