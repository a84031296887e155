// What another policy would have said: the same gates, facts and moment, other rules.
import { judgePromotion } from '../gates/judge-promotion.ts';
import type { PromotionFacts } from '../gates/promotion-facts.ts';
import type { GateDecision, GateName, Verdict } from '../gates/verdict.ts';
import type { PromotionRules } from './policy.ts';

/** A judgement as it was kept. */
export interface PastJudgement {
  readonly facts: PromotionFacts;
  readonly atMs: number;
  /** The gates it went through. */
  readonly gates: readonly GateName[];
  readonly verdicts: readonly { readonly gate: GateName; readonly decision: GateDecision }[];
}

/** How another policy decides it. */
export interface ReplayedJudgement {
  readonly was: GateDecision;
  readonly would: GateDecision;
  /** Gates that say something else, with what they would have said. */
  readonly changed: readonly { readonly was: GateDecision | null; readonly verdict: Verdict }[];
}

/** Judges it by other rules. Undefined: they decide the same. */
export function replayJudgement(past: PastJudgement, rules: PromotionRules): ReplayedJudgement | undefined {
  const was = combineDecisions(past.verdicts.map(({ decision }) => decision));
  const judged = judgePromotion({ facts: past.facts, rules, gates: past.gates }, past.atMs);
  if (judged.decision === was) return undefined;
  const before = new Map(past.verdicts.map(({ gate, decision }) => [gate, decision]));
  const changed = judged.verdicts
    .map((verdict) => ({ was: before.get(verdict.gate) ?? null, verdict }))
    .filter((one) => one.was !== one.verdict.decision);
  return { was, would: judged.decision, changed };
}

/** Deny wins over defer, defer over allow. */
function combineDecisions(decisions: readonly GateDecision[]): GateDecision {
  if (decisions.includes('deny')) return 'deny';
  return decisions.includes('defer') ? 'defer' : 'allow';
}
