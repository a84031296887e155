// A70: what an emergency is asked for with, and which gates it goes through all the same.
import { GATES, type GateName } from '../gates/verdict.ts';
import type { PromotionRules } from './policy.ts';

/** An emergency as it was asked for; it stays as it is, and the policy of the moment says whether it is let through. */
export interface Emergency {
  readonly reason: string;
  readonly skipped: readonly GateName[];
  readonly expiresAtMs: number;
  /** When it was asked for; absent: it is about to be, or was judged by a version that did not keep it. */
  readonly askedAtMs?: number | undefined;
}

const HOUR_MS = 3600 * 1000;

/** The emergency that a policy offers now. One that offers none gives what skips nothing and is over: its gate says so. */
export function createEmergency(reason: string, { emergency: rules }: PromotionRules, nowMs: number): Emergency {
  return {
    reason,
    skipped: rules ? GATES.filter((gate) => (rules.skips as readonly GateName[]).includes(gate)) : [],
    expiresAtMs: nowMs + (rules?.expiresHours ?? 0) * HOUR_MS,
  };
}

/** The gates of an emergency: all that are not skipped. */
export function listEmergencyGates({ skipped }: Pick<Emergency, 'skipped'>): readonly GateName[] {
  return GATES.filter((gate) => !skipped.includes(gate));
}
