// What a gate says. `deny`: this promotion can't go through, whatever time does. `defer`: not now; time, a run or a person may
// still make it true, and it is asked again. Both are red: only `allow` lets through.
import type { JsonValue } from '../graph/canonical-json.ts';
import type { GateReason } from './gate-reasons.ts';

export const GATES = [
  'order',
  'rehearsal',
  'soak',
  'cycles',
  'quarantine',
  'performance',
  'checks',
  'incidents',
  'change',
  'confirmations',
  'parity',
  'sign-offs',
  'deploy-plan',
  'rollback-plan',
  'window',
  'freeze',
  'not-before',
  'emergency',
] as const;

export type GateName = (typeof GATES)[number];

/** What no emergency skips: releases come one way, with a plan to come back, not before they were asked for, and nothing is applied that nobody saw. */
export const UNSKIPPABLE_GATES = [
  'order',
  'deploy-plan',
  'rollback-plan',
  'not-before',
  'emergency',
] as const satisfies readonly GateName[];

/** A gate that a policy may let emergencies skip. */
export type SkippableGate = Exclude<GateName, (typeof UNSKIPPABLE_GATES)[number]>;

export const GATE_DECISIONS = ['allow', 'defer', 'deny'] as const;

export type GateDecision = (typeof GATE_DECISIONS)[number];

/** One gate's judgement. */
export interface Verdict {
  readonly gate: GateName;
  readonly decision: GateDecision;
  readonly code: GateReason;
  /** What it was judged by: ids, times, numbers. */
  readonly evidence: Readonly<Record<string, JsonValue>>;
  /** When time alone may change a `defer`, in ms since 1970; null: only an event can. */
  readonly askAgainAtMs: number | null;
}

/** All gates together. */
export interface Judgement {
  readonly decision: GateDecision;
  /** Before this moment time alone can't open it; null: nothing is known of when. */
  readonly askAgainAtMs: number | null;
  readonly verdicts: readonly Verdict[];
}

/** Deny wins over defer, defer over allow; the order of verdicts does not matter. No verdict at all allows. */
export function combineVerdicts(verdicts: readonly Verdict[]): Judgement {
  const decisions = new Set(verdicts.map(({ decision }) => decision));
  const decision = decisions.has('deny') ? 'deny' : decisions.has('defer') ? 'defer' : 'allow';
  const times = verdicts.flatMap((one) => (one.decision === 'defer' ? [one.askAgainAtMs] : []));
  const known = times.filter((time) => time !== null);
  const isByTime = decision === 'defer' && known.length === times.length;
  return { decision, askAgainAtMs: isByTime ? Math.max(...known) : null, verdicts };
}

const RANKS: Readonly<Record<GateDecision, number>> = { deny: 0, defer: 1, allow: 2 };

/** In the order in which people read them: what says no, what waits, what lets through; else as they were. */
export function sortVerdicts<T extends { readonly decision: GateDecision }>(verdicts: readonly T[]): readonly T[] {
  return verdicts.toSorted((left, right) => RANKS[left.decision] - RANKS[right.decision]);
}

/** Verdicts as people read them, and the gates about which the policy asks nothing. */
export function splitVerdicts<T extends Pick<Verdict, 'gate' | 'decision'> & { readonly code: string }>(
  verdicts: readonly T[],
): { readonly asked: readonly T[]; readonly unasked: readonly T['gate'][] } {
  const isAsked = ({ code }: T): boolean => !code.endsWith('_NOT_WANTED');
  const unasked = verdicts.filter((one) => !isAsked(one)).map(({ gate }) => gate);
  return { asked: sortVerdicts(verdicts.filter(isAsked)), unasked };
}

/** What a gate's function returns; the gate's name is added by whoever lists them. */
export type GateAnswer = Omit<Verdict, 'gate'>;

/** Lets through. */
export function allow(code: GateReason, evidence: Verdict['evidence'] = {}): GateAnswer {
  return { decision: 'allow', code, evidence, askAgainAtMs: null };
}

/** Says no for good. */
export function deny(code: GateReason, evidence: Verdict['evidence'] = {}): GateAnswer {
  return { decision: 'deny', code, evidence, askAgainAtMs: null };
}

/** Says not yet. */
export function defer(code: GateReason, evidence: Verdict['evidence'], askAgainAtMs: number | null = null): GateAnswer {
  return { decision: 'defer', code, evidence, askAgainAtMs };
}
