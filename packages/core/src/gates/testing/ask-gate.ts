// One gate's answer, for tests.
import type { PromotionRules } from '../../promotion/policy.ts';
import { judgePromotion } from '../judge-promotion.ts';
import type { PromotionFacts } from '../promotion-facts.ts';
import type { GateName, Verdict } from '../verdict.ts';
import { buildFacts, buildRules, NOW_MS } from './build-facts.ts';

/** What is otherwise than in facts and rules that let everything through. */
export interface Asked {
  readonly facts?: Partial<PromotionFacts>;
  readonly rules?: Partial<PromotionRules>;
  readonly nowMs?: number;
}

/** What a gate says. */
export function askGate(gate: GateName, { facts = {}, rules = {}, nowMs = NOW_MS }: Asked): Verdict {
  const judged = judgePromotion({ facts: buildFacts(facts), rules: buildRules(rules), gates: [gate] }, nowMs);
  const [verdict] = judged.verdicts;
  if (!verdict) throw new Error('the gate said nothing');
  return verdict;
}

/** `allow ORDER_KEPT`. */
export function sayGate(gate: GateName, asked: Asked): string {
  const { decision, code } = askGate(gate, asked);
  return `${decision} ${code}`;
}
