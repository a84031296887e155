// A79: approval is of one file, by its hash, and by nobody but whom the policy names.
import type { DeployPlanView, PromotionView } from '@towpath/api';
import { findRules, isSameHuman, type PersonRole, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { findHuman, type Human } from '../../access/operations/find-human.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import type { RequireSpeaker } from '../../http/require-speaker.ts';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { readClock } from '../../schedules/operations/read-clock.ts';
import { getPromotion } from '../get-promotion.ts';
import { findAskers } from '../operations/find-askers.ts';
import { findDeployPlan } from '../operations/find-deploy-plan.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { findTarget } from '../operations/find-target.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { saveDeployPlanSignOff } from '../operations/save-deploy-plan-sign-off.ts';
import { isByBinding, type Promoter } from '../promoter.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { readPlanHours } from '../read-plan-hours.ts';
import { noteMissing, signOffOfAuthor } from '../sign-off-errors.ts';

/** What somebody says of a plan. */
export interface DeployPlanSigning {
  readonly promotionId: string;
  /** Of the file that they looked at. */
  readonly sha256: string;
  readonly decision: 'approved' | 'refused';
  readonly note?: string | undefined;
  readonly by: Promoter;
}

/**
 * Keeps what a person says of the plan that counts, if it is the one they mean. Locks: the decisions about the environment.
 * Idempotent.
 *
 * @throws TowpathError `PROMOTION_UNKNOWN`, `DEPLOY_PLAN_STALE`, `PERMISSION_DENIED`, `SIGN_OFF_OF_AUTHOR`, `NOTE_MISSING`,
 * `AUTHENTICATION_REQUIRED`
 */
export async function signDeployPlan(
  pool: pg.Pool,
  signing: DeployPlanSigning,
  requireSpeaker: RequireSpeaker,
): Promise<DeployPlanView> {
  const { promotionId, decision, note, by } = signing;
  if (decision === 'refused' && (note?.trim() ?? '') === '') throw noteMissing('deploy plan');
  return withTransaction(pool, 'sign-deploy-plan', async (tx) => {
    const { environment } = await getPromotion(tx, promotionId);
    await lockDecisions(tx, environment);
    await requireSpeaker(tx);
    const promotion = await getPromotion(tx, promotionId);
    const human = await findHuman(tx, by);
    const role = await requireSigner(tx, promotion, signing, human);
    const plan = await requireCurrent(tx, promotion, signing.sha256);
    const word = { planId: plan.id, person: by.name, role, decision, note, account: human.account };
    const isNews = await saveDeployPlanSignOff(tx, { ...word, isByBinding: isByBinding(by) });
    if (!isNews) return plan;
    await audit(tx, promotion, { ...signing, role });
    await publish(tx, { events: [{ kind: 'environment.changed', environment }], topics: new Set(['promotions']) });
    return (await findCurrent(tx, promotion)) ?? plan;
  });
}

/** The role in which they may; a refusal by the author or initiator is heard, their approval is not. */
async function requireSigner(
  tx: Transaction,
  promotion: PromotionView,
  { by, decision }: DeployPlanSigning,
  human: Human,
) {
  const target = await findTarget(tx, promotion.environment);
  if (!target) throw environmentUnknown(promotion.environment);
  const approvals = findRules((await findPolicy(tx)).policy, target).deployPlan?.approvals ?? {};
  const wanted = (Object.keys(approvals) as PersonRole[]).filter((role) => (approvals[role] ?? 0) > 0);
  const { role, roles = [role] } = by;
  const signs = roles.find((one) => wanted.includes(one));
  if (signs === undefined) throw roleRefused(role, promotion.environment, wanted);
  if (decision === 'approved') await requireOther(tx, promotion, human);
  return signs;
}

/** Neither who made the release or asked for the promotion, nor who stands behind a service account that did. */
async function requireOther(tx: Transaction, { id: promotionId, release }: PromotionView, human: Human): Promise<void> {
  const askers = await findAskers(tx, { releaseId: release.id, promotionId });
  if ([askers?.author, askers?.initiator].some((one) => one && isSameHuman(one, human)))
    throw signOffOfAuthor("Whoever made the release or asked for the promotion can't approve its deploy plan.");
}

async function requireCurrent(tx: Transaction, promotion: PromotionView, sha256: string): Promise<DeployPlanView> {
  if (promotion.state !== 'pending') throw stale('The promotion does not wait any more.');
  const plan = await findCurrent(tx, promotion);
  if (!plan || plan.sha256 === null) throw stale('There is no plan that counts.');
  if (plan.sha256 !== sha256) throw stale(`The one that counts has the hash ${plan.sha256}.`);
  if (Date.parse(plan.expiresAt) <= (await readClock(tx))) throw stale(`It expired at ${plan.expiresAt}.`);
  return plan;
}

async function findCurrent(tx: Transaction, { id, environment }: PromotionView): Promise<DeployPlanView | undefined> {
  return (await findDeployPlan(tx, id, await readPlanHours(tx, environment)))?.plan;
}

async function audit(
  tx: Transaction,
  promotion: PromotionView,
  signing: DeployPlanSigning & { readonly role: string },
) {
  const { by, role, decision, sha256, note } = signing;
  await writeAudit(tx, {
    actor: { kind: 'person', name: by.name },
    action: 'deploy-plan.signed',
    subject: promotionSubject(promotion),
    environment: promotion.environment,
    why: note,
    details: { role, decision, sha256 },
  });
}

function roleRefused(role: string, environment: string, wanted: readonly string[]): TowpathError {
  const who = wanted.length > 0 ? `only ${wanted.join(', ')} may` : 'nobody may';
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: `The role ${role} can't approve or refuse deploy plans of ${environment}.`,
    cause: `By the policy ${who}.`,
    fix: 'Ask somebody of that role, or an administrator to change `deployPlan.approvals`.',
  });
}

function stale(cause: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_STALE',
    message: 'This plan does not count any more.',
    cause,
    fix: 'Look at the plan as it is now: `npx towpath promotions show <environment>`.',
  });
}
