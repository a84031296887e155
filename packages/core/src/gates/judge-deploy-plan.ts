// A79: what a deploy command would change was written down in a plan file, and so many people of each role approved that very file,
// by its hash. The author of the release and who asked for the promotion don't count, nor do the
// people behind a service account that did, nor somebody whose access or role is gone since; a refusal ends it. Other content is another
// plan, and begins at nothing.
import type { PromotionRules } from '../promotion/policy.ts';
import { countSignOffs } from './count-sign-offs.ts';
import type { DeployPlanFacts, PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether the plan that lies there may be applied; an agent or a person can change that, and time can end it. */
export function judgeDeployPlan(
  facts: PromotionFacts,
  { deployPlan: rules }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (rules === null) return allow('DEPLOY_PLAN_NOT_WANTED');
  if (isUnknown(facts.deployPlan)) return unreachable(facts.deployPlan, nowMs);
  const plan = facts.deployPlan.value;
  if (plan === null) return defer('DEPLOY_PLAN_MISSING', {});
  const evidence = { planId: plan.id, agent: plan.agent };
  if (nowMs >= plan.expiresAtMs) return defer('DEPLOY_PLAN_EXPIRED', evidence);
  if (plan.content.kind === 'failed') {
    const { code, message } = plan.content;
    return defer('DEPLOY_PLAN_FAILED', { ...evidence, error: code, message }, plan.expiresAtMs);
  }
  return judgeApprovals(facts, plan, rules.approvals, { ...evidence, sha256: plan.content.sha256 });
}

function judgeApprovals(
  facts: PromotionFacts,
  { signOffs, expiresAtMs, voided }: DeployPlanFacts,
  wanted: Readonly<Partial<Record<string, number>>>,
  evidence: GateAnswer['evidence'],
): GateAnswer {
  const refusal = signOffs.find(({ decision }) => decision === 'refused');
  if (refusal) return deny('DEPLOY_PLAN_REFUSED', { ...evidence, by: refusal.person, note: refusal.note });
  const { missing, ...counted } = countSignOffs(facts, signOffs, wanted);
  const said = { ...evidence, ...counted, expiresAt: new Date(expiresAtMs).toISOString() };
  if (Object.keys(missing).length === 0) return allow('DEPLOY_PLAN_APPROVED', said);
  // Nobody is to believe that what they approved goes on.
  return defer('DEPLOY_PLAN_UNAPPROVED', { ...said, missing, ...(voided && { voided }) });
}
