// The long poll: ask, sleep until a hint or the next thing that is due, ask again. Nothing is held while it sleeps.
import { renewSessionLease } from '../agents/transactions/renew-session-lease.ts';
import type { Hints, Topic } from '../hints/hints.ts';
import type { ServerContext } from '../http/server-context.ts';
import { type ClaimRequest, type ClaimResult, claimAttempts } from './transactions/claim-attempts.ts';

/** A claim that waits at most so long. */
export interface WaitingClaim extends Omit<ClaimRequest, 'redeliverAfterSeconds'>, AskedSlots {
  readonly environment: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** A due retry may be read a moment early (clocks of two machines, rounding); this keeps it from being asked in a loop. */
const MIN_SLEEP_MS = 20;

/**
 * Answers as soon as there is an attempt or a new cancel intent, or when the time is over. Renews the session first: who
 * asks for work lives.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`
 */
export async function waitForClaim(context: ServerContext, claim: WaitingClaim): Promise<ClaimResult> {
  await renewSessionLease(context, claim);
  const hints = context.hints.subscribe(listTopics(claim));
  const endsAtMs = performance.now() + claim.waitMs;
  try {
    for (;;) {
      const slots = limitSlots(context.hints, claim);
      const request = { ...claim, slots, redeliverAfterSeconds: context.leaseSeconds };
      const result = await claimAttempts(context.pool, request);
      const leftMs = endsAtMs - performance.now();
      if (hasAnswer(result) || leftMs <= 0 || claim.signal.aborted) return result;
      const dueMs = Math.max(result.nextReadyMs ?? leftMs, MIN_SLEEP_MS);
      await hints.wait(Math.min(leftMs, dueMs), claim.signal);
      // Who hung up would never get what is granted now.
      if (claim.signal.aborted) return result;
    }
  } finally {
    hints.close();
  }
}

/** Who has no slot can't take a task, so none is to wake it. */
function listTopics({ environment, sessionId, slots }: WaitingClaim): Topic[] {
  return slots > 0 ? [`tasks:${environment}`, `session:${sessionId}`] : [`session:${sessionId}`];
}

/** What a session asks for. */
export interface AskedSlots {
  readonly slots: number;
  /** So many of them are beyond what it can begin. */
  readonly ahead?: number | undefined;
}

/** While another session of the environment waits for tasks, at this server, nobody gets more than it can begin. */
export function limitSlots(
  hints: Hints,
  { environment, sessionId, slots, ahead = 0 }: AskedSlots & Pick<WaitingClaim, 'environment' | 'sessionId'>,
): number {
  const isContended = hints.isAwaited(`tasks:${environment}`, `session:${sessionId}`);
  return isContended ? Math.max(0, slots - ahead) : slots;
}

function hasAnswer({ attempts, hasNewCancel, isSilent }: ClaimResult): boolean {
  return attempts.length > 0 || hasNewCancel || isSilent;
}
