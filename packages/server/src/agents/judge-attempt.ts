// What becomes of an attempt when its agent opens a new session: the agent has looked at its host before it says so.

/** An attempt the agent held before, and what the agent says now. */
export interface HeldAttempt {
  readonly epoch: number;
  readonly specHash: string;
  readonly host: string;
  readonly bootId: string;
  /** The agent's state folder, where the attempt's process is known; null for agents that name none. */
  readonly instanceId: string | null;
  /** Its start was reported, or some of its log has come. */
  readonly hasStarted: boolean;
  readonly sessionId: string;
  /** How often an agent ended while it held the task unbegun. */
  readonly lostStarts: number;
  /** Repeating it is harmless. */
  readonly isIdempotent: boolean;
}

/** The agent's host now; `leftover` is the attempt as it was found there. */
export interface HostReport {
  readonly host: string;
  readonly bootId: string;
  readonly instanceId?: string | undefined;
  /** The session whose grants the agent knows of, see OpenSession. */
  readonly follows?: string | undefined;
  readonly leftover: { readonly epoch: number; readonly specHash: string } | undefined;
}

export type AttemptVerdict =
  | { readonly kind: 'adopt' }
  | { readonly kind: 'lost'; readonly reasonCode: LossCode; readonly reason: string }
  /** It never began: it can be granted anew, as if nothing had been. */
  | { readonly kind: 'unbegun' }
  | { readonly kind: 'uncertain' };

export type LossCode = 'SPEC_MISMATCH' | 'HOST_RESTARTED' | 'LOST_BEFORE_START' | 'SHIM_LOST' | 'AGENT_MOVED';

/**
 * Found with the same specification: adopted (an older epoch is fine: the reply that raised it may have been lost).
 * Not found where it was: lost for sure, or never begun. On another host, or under another state folder, nobody has looked: it may still
 * run there, so only an idempotent task is given up without a person.
 */
export function judgeAttempt(attempt: HeldAttempt, report: HostReport): AttemptVerdict {
  const { host, bootId, leftover } = report;
  if (leftover) {
    const isSame = leftover.specHash === attempt.specHash && leftover.epoch <= attempt.epoch;
    return isSame ? { kind: 'adopt' } : lost('SPEC_MISMATCH', 'Another specification was found running in its place.');
  }
  if (attempt.host !== host) return moved(attempt, `It ran on ${attempt.host}; its agent came back on ${host}.`);
  if (attempt.bootId !== bootId) return lost('HOST_RESTARTED', 'The machine was restarted.');
  if (isElsewhere(attempt.instanceId, report.instanceId)) {
    return moved(attempt, 'It ran under another state folder of this host than the one its agent uses now.');
  }
  if (!attempt.hasStarted) return judgeUnbegun(attempt, report);
  return lost('SHIM_LOST', 'Its agent came back and found no process of it.');
}

/** What ends one agent after the other must not be granted for ever. */
const MAX_LOST_STARTS = 3;

/**
 * What the agent does not find and had got in the session that it follows was never started: its record is on disk before. Of another
 * session it knows nothing: what it says may be from before that one, and come late.
 */
function judgeUnbegun({ sessionId, lostStarts }: HeldAttempt, { follows }: HostReport): AttemptVerdict {
  if (sessionId === follows && lostStarts < MAX_LOST_STARTS) return { kind: 'unbegun' };
  if (lostStarts < MAX_LOST_STARTS) return LOST_BEFORE_START;
  return lost('LOST_BEFORE_START', `Its agent ended before it was started, ${lostStarts + 1} times by now.`);
}

function moved({ isIdempotent }: HeldAttempt, reason: string): AttemptVerdict {
  return isIdempotent ? lost('AGENT_MOVED', reason) : { kind: 'uncertain' };
}

// An agent that names no state folder is taken to look where its predecessor worked.
function isElsewhere(held: string | null, now: string | undefined): boolean {
  return held !== null && now !== undefined && held !== now;
}

function lost(reasonCode: LossCode, reason: string): AttemptVerdict {
  return { kind: 'lost', reasonCode, reason };
}

/** For what may have begun, and left nothing. */
export const LOST_BEFORE_START = {
  kind: 'lost',
  reasonCode: 'LOST_BEFORE_START',
  reason: 'Its agent ended before it was started.',
} as const satisfies AttemptVerdict;
