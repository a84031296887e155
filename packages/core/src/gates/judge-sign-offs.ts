// A68: so many people of each role signed off this very release for this environment. Its author and who asked for the promotion
// don't count, nor do the people behind a service account that did; one that was withdrawn doesn't either, or expired by the rule in force
// now, nor one of somebody whose access or role is gone since; a refusal stands until it is withdrawn, or lifted after its person has left.
import type { PromotionRules } from '../promotion/policy.ts';
import { countSignOffs, describeRefusal, findRefusal, listOwnSignOffs, markExpired } from './count-sign-offs.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether all who must have signed; only a person can change that. */
export function judgeSignOffs(
  facts: PromotionFacts,
  { signOffs: wanted, signOffDays }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (isUnknown(facts.signOffs)) return unreachable(facts.signOffs, nowMs);
  const own = listOwnSignOffs(facts, facts.signOffs.value);
  const refusal = findRefusal(own);
  if (refusal) return deny('SIGN_OFF_REFUSED', describeRefusal(refusal));
  const counted = countSignOffs(facts, markExpired(own, signOffDays, nowMs), wanted);
  const { given, missing, ...left } = counted;
  if (Object.keys(given).length === 0) return allow('SIGN_OFFS_NOT_WANTED');
  if (Object.keys(missing).length === 0) return allow('SIGN_OFFS_GIVEN', { given, ...left });
  return defer('SIGN_OFFS_MISSING', counted);
}
