// The long poll of deliveries: ask, sleep until a hint or until one is due, ask again.
import type { TakenDelivery } from '@towpath/api';
import { findSession } from '../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../agents/session-errors.ts';
import type { ServerContext } from '../http/server-context.ts';
import { claimDeliveries } from './operations/claim-deliveries.ts';
import { findNextDelivery } from './operations/find-next-delivery.ts';

/** A claim that waits at most so long. */
export interface WaitingDeliveryClaim {
  readonly sessionId: string;
  readonly agentId: string;
  readonly environment: string;
  readonly limit: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/**
 * How long an agent has for what it took: the time limit of its sinks (20 s each) with all it took in turn. Too short doubles
 * messages, too long delays those of an agent that died.
 */
const LEASE_SECONDS = 60;
/** Clocks of two machines and rounding: what is nearly due must not be asked for in a loop. */
const MIN_SLEEP_MS = 20;

/**
 * Answers as soon as something is due, or when the time is over.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export async function waitForDeliveries(context: ServerContext, claim: WaitingDeliveryClaim): Promise<TakenDelivery[]> {
  const { environment, sessionId, limit, signal } = claim;
  const hints = context.hints.subscribe([`deliveries:${environment}`, `session:${sessionId}`]);
  const endsAtMs = performance.now() + claim.waitMs;
  try {
    for (;;) {
      await requireSession(context, claim);
      const taken = await claimDeliveries(context.pool, { environment, sessionId, limit, leaseSeconds: LEASE_SECONDS });
      const leftMs = endsAtMs - performance.now();
      if (taken.length > 0 || leftMs <= 0 || signal.aborted) return taken;
      const dueMs = Math.max((await findNextDelivery(context.pool, environment)) ?? leftMs, MIN_SLEEP_MS);
      await hints.wait(Math.min(leftMs, dueMs), signal);
      if (signal.aborted) return [];
    }
  } finally {
    hints.close();
  }
}

async function requireSession({ pool }: ServerContext, key: WaitingDeliveryClaim): Promise<void> {
  const session = await findSession(pool, key);
  if (!session) throw sessionUnknown();
  if (session.isEnded) throw sessionEnded();
}
