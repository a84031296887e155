// The long poll: ask, sleep until a hint or the next thing that is due, ask again. Nothing is held while it sleeps.
import { renewSessionLease } from '../agents/transactions/renew-session-lease.ts';
import type { Hints, Topic } from '../hints/hints.ts';
import type { ServerContext } from '../http/server-context.ts';
import { type ClaimRequest, type ClaimResult, claimAttempts } from './transactions/claim-attempts.ts';

/** A claim that waits at most so long. */
export interface WaitingClaim extends Omit<ClaimRequest, 'redeliverAfterSeconds' | 'isContended'> {
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
      const isContended = hasOthers(context.hints, claim);
      const request = { ...claim, isContended, redeliverAfterSeconds: context.leaseSeconds };
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

/** Another session of the environment waits for tasks, at this server. */
export function hasOthers(hints: Hints, session: Pick<WaitingClaim, 'environment' | 'sessionId'>): boolean {
  return hints.isAwaited(`tasks:${session.environment}`, `session:${session.sessionId}`);
}

function hasAnswer({ attempts, hasNewCancel, isSilent }: ClaimResult): boolean {
  return attempts.length > 0 || hasNewCancel || isSilent;
}
