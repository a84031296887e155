// What becomes of an attempt when its agent opens a new session: the agent has looked at its host before it says so.

/** An attempt the agent held before, and what the agent says now. */
export interface HeldAttempt {
  readonly epoch: number;
  readonly specHash: string;
  readonly host: string;
  readonly bootId: string;
  readonly hasStarted: boolean;
  /** Repeating it is harmless. */
  readonly isIdempotent: boolean;
}

/** The agent's host now; `leftover` is the attempt as it was found there. */
export interface HostReport {
  readonly host: string;
  readonly bootId: string;
  readonly leftover: { readonly epoch: number; readonly specHash: string } | undefined;
}

export type AttemptVerdict =
  | { readonly kind: 'adopt' }
  | { readonly kind: 'lost'; readonly reasonCode: LossCode; readonly reason: string }
  | { readonly kind: 'uncertain' };

export type LossCode = 'SPEC_MISMATCH' | 'HOST_RESTARTED' | 'LOST_BEFORE_START' | 'SHIM_LOST' | 'AGENT_MOVED';

/**
 * Found with the same specification: adopted (an older epoch is fine: the reply that raised it may have been lost).
 * Not found on its own host: lost for sure. On another host nobody has looked: it may still run there, so only an
 * idempotent task is given up without a person.
 */
export function judgeAttempt(attempt: HeldAttempt, { host, bootId, leftover }: HostReport): AttemptVerdict {
  if (leftover) {
    const isSame = leftover.specHash === attempt.specHash && leftover.epoch <= attempt.epoch;
    return isSame ? { kind: 'adopt' } : lost('SPEC_MISMATCH', 'Another specification was found running in its place.');
  }
  if (attempt.host !== host) {
    if (!attempt.isIdempotent) return { kind: 'uncertain' };
    return lost('AGENT_MOVED', `It ran on ${attempt.host}; its agent came back on ${host}.`);
  }
  if (attempt.bootId !== bootId) return lost('HOST_RESTARTED', 'The machine was restarted.');
  if (!attempt.hasStarted) return lost('LOST_BEFORE_START', 'Its agent ended before it was started.');
  return lost('SHIM_LOST', 'Its agent came back and found no process of it.');
}

function lost(reasonCode: LossCode, reason: string): AttemptVerdict {
  return { kind: 'lost', reasonCode, reason };
}
