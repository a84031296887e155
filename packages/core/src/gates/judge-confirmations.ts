// A67: what only somebody else's system knows is so: a person is on call, the release manager is there.
import type { PromotionRules } from '../promotion/policy.ts';
import { findSourceProblem, listKnown, toOrigin } from './judge-sourced.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** Whether each source says what it should. */
export function judgeConfirmations(
  { evidence }: PromotionFacts,
  { confirmations }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (confirmations.length === 0) return allow('CONFIRMATIONS_NOT_WANTED');
  const problem = findSourceProblem(evidence.confirmations, nowMs);
  const known = listKnown(evidence.confirmations);
  const said = known.map((one) => ({ ...toOrigin(one), seen: one.value.seen, wanted: one.value.wanted }));
  const missing = known.filter(({ value }) => !value.holds).map(({ source }) => source);
  if (missing.length > 0) return defer('CONFIRMATION_MISSING', { missing, said });
  return problem ?? allow('CONFIRMATIONS_GIVEN', { said });
}
