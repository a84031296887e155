// A86: who promotes has written down how to come back.
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, deny, type GateAnswer } from './verdict.ts';

/** Whether there is a plan where one is wanted. It is part of the promotion, so nothing adds it later. */
export function judgeRollbackPlan({ rollbackPlan }: PromotionFacts, { needsRollbackPlan }: PromotionRules): GateAnswer {
  const plan = rollbackPlan?.trim() ?? '';
  if (plan !== '') return allow('ROLLBACK_PLAN_PRESENT', { plan });
  return needsRollbackPlan ? deny('ROLLBACK_PLAN_MISSING') : allow('ROLLBACK_PLAN_NOT_WANTED');
}
