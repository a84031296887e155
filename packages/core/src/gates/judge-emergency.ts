// A70: an emergency skips the gates that the policy names, and nothing else, while people of the roles that the policy names
// approve it and the way back is written down. It expires, and so do approvals. Who recorded the release and who asked for the
// promotion approve nothing; a refusal stands.
import type { EmergencyRules, PromotionRules } from '../promotion/policy.ts';
import { countSignOffs, describeRefusal, findRefusal, listOwnSignOffs, markExpired } from './count-sign-offs.ts';
import type { EmergencyFacts, PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

const HOUR_MS = 3600 * 1000;

/** Whether an emergency may go on; only a person can change that, until it expires. */
export function judgeEmergency(
  facts: PromotionFacts,
  { emergency: rules, signOffDays }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (facts.emergency === null) return allow('EMERGENCY_NOT_ASKED');
  const emergency = shorten(facts.emergency, rules);
  const evidence = describe(emergency);
  if (rules === null || !isCovered(emergency, rules)) return deny('EMERGENCY_NOT_ALLOWED', evidence);
  if (nowMs >= emergency.expiresAtMs) return deny('EMERGENCY_EXPIRED', evidence);
  if ((facts.rollbackPlan?.trim() ?? '') === '') return deny('ROLLBACK_PLAN_MISSING', evidence);
  return judgeApprovals(
    facts,
    { ...rules, signOffDays, askedAtMs: findAskedAt(facts.emergency, rules) },
    nowMs,
    evidence,
  );
}

function judgeApprovals(
  facts: PromotionFacts,
  {
    approvals,
    askedAtMs,
    signOffDays,
  }: Pick<EmergencyRules, 'approvals'> & { readonly askedAtMs: number; readonly signOffDays: number },
  nowMs: number,
  evidence: GateAnswer['evidence'],
): GateAnswer {
  if (isUnknown(facts.signOffs)) return unreachable(facts.signOffs, nowMs);
  const own = listOwnSignOffs(facts, facts.signOffs.value);
  const refusal = findRefusal(own);
  if (refusal) return deny('SIGN_OFF_REFUSED', { ...evidence, ...describeRefusal(refusal) });
  // Who signed the release off before has approved no emergency.
  const fresh = own.filter(({ givenAtMs }) => givenAtMs >= askedAtMs);
  const { missing, ...counted } = countSignOffs(facts, markExpired(fresh, signOffDays, nowMs), approvals);
  if (Object.keys(missing).length === 0) return allow('EMERGENCY_APPROVED', { ...evidence, ...counted });
  return defer('EMERGENCY_UNAPPROVED', { ...evidence, ...counted, missing });
}

/** A rule that became shorter since it was asked for holds for it, too. */
function shorten(emergency: EmergencyFacts, rules: EmergencyRules | null): EmergencyFacts {
  const { askedAtMs, expiresAtMs } = emergency;
  if (askedAtMs === undefined || rules === null) return emergency;
  return { ...emergency, expiresAtMs: Math.min(expiresAtMs, askedAtMs + rules.expiresHours * HOUR_MS) };
}

/** What was judged before that was kept was asked for under rules as they are now, or nearly. */
function findAskedAt({ askedAtMs, expiresAtMs }: EmergencyFacts, { expiresHours }: EmergencyRules): number {
  return askedAtMs ?? expiresAtMs - expiresHours * HOUR_MS;
}

function isCovered({ skipped }: EmergencyFacts, rules: EmergencyRules): boolean {
  const skips: readonly string[] = rules.skips;
  return skipped.every((gate) => skips.includes(gate));
}

function describe({ reason, skipped, expiresAtMs }: EmergencyFacts): GateAnswer['evidence'] {
  return { reason, skipped, expiresAt: new Date(expiresAtMs).toISOString() };
}
