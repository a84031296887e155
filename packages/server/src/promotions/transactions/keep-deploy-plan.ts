import type { DeployPlanView, PromotionView } from '@towpath/api';
import { findRules, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { findSession } from '../../agents/operations/find-session.ts';
import { sessionEnded, sessionUnknown } from '../../agents/session-errors.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { readClock } from '../../schedules/operations/read-clock.ts';
import { getPromotion } from '../get-promotion.ts';
import { findDeployPlan } from '../operations/find-deploy-plan.ts';
import { findPlanPause } from '../operations/find-plan-pause.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { findTarget } from '../operations/find-target.ts';
import { insertDeployPlan, type MadeDeployPlan } from '../operations/insert-deploy-plan.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { withdrawDeployPlan } from '../operations/withdraw-deploy-plan.ts';
import { promotionUnknown } from '../promotion-errors.ts';
import { promotionSubject } from '../promotion-subject.ts';

/** What an agent's session says of the plan that it was to make. */
export interface DeployPlanReport extends Omit<MadeDeployPlan, 'hours'> {
  readonly sessionId: string;
  readonly agentName: string;
  readonly environment: string;
}

/** A plan that could not be made is made again: soon enough for who waits, and no storm on what can't be reached. */
const FAILED_HOURS = 1 / 12;

/** Beside those that follow one that has expired; an agent that goes on making others is broken, or nobody's. */
const MOST_AN_HOUR = 20;

/**
 * Keeps the plan that an agent made for the promotion that waits, in the place of the one before, whose approvals are void. The
 * same file again changes nothing. Locks: the decisions about the environment, then the session against its end.
 *
 * @throws TowpathError `SESSION_UNKNOWN`, `SESSION_ENDED`, `PROMOTION_UNKNOWN`, `DEPLOY_PLAN_NOT_WANTED`, `DEPLOY_PLANS_TOO_MANY`
 */
export function keepDeployPlan(pool: pg.Pool, report: DeployPlanReport): Promise<void> {
  return withTransaction(pool, 'keep-deploy-plan', async (tx) => {
    const { environment, promotionId } = report;
    await lockDecisions(tx, environment);
    await requireSession(tx, report);
    const promotion = await getPromotion(tx, promotionId);
    if (promotion.environment !== environment) throw promotionUnknown();
    const hours = await readExpiry(tx, promotion);
    const current = await findDeployPlan(tx, promotionId, hours);
    if (current && current.agentId === report.agentId && isSame(current.plan, report, await readClock(tx))) return;
    const pauseEndsAt = await findPlanPause(tx, { promotionId, hours, most: MOST_AN_HOUR });
    if (pauseEndsAt !== undefined) throw tooMany(pauseEndsAt);
    if (current) await withdraw(tx, promotion, current.plan, report);
    await insertDeployPlan(tx, { ...report, hours: report.file === null ? FAILED_HOURS : hours });
    await audit(tx, promotion, report);
    await publish(tx, {
      events: [{ kind: 'environment.changed', environment }],
      topics: new Set(['promotions']),
    });
  });
}

async function requireSession(tx: Transaction, report: DeployPlanReport): Promise<void> {
  const session = await findSession(tx, report);
  if (!session) throw sessionUnknown();
  if (session.isEnded) throw sessionEnded();
}

async function readExpiry(tx: Transaction, { state, environment }: PromotionView): Promise<number> {
  const target = await findTarget(tx, environment);
  const rules = target && findRules((await findPolicy(tx)).policy, target).deployPlan;
  if (state !== 'pending' || !rules) throw notWanted();
  return rules.expiresHours;
}

/** One that has expired is another one when it is made again. */
function isSame({ sha256, expiresAt }: DeployPlanView, { file }: DeployPlanReport, nowMs: number): boolean {
  return sha256 !== null && sha256 === file?.sha256 && Date.parse(expiresAt) > nowMs;
}

async function withdraw(
  tx: Transaction,
  promotion: PromotionView,
  { id, sha256, signOffs }: DeployPlanView,
  { file, agentName }: DeployPlanReport,
) {
  const people = signOffs.map(({ person }) => person);
  const voided = people.length > 0 ? ` What ${people.join(', ')} said of it is void.` : '';
  const why = `Another plan took its place, made by ${agentName}.${voided}`;
  if (!(await withdrawDeployPlan(tx, id, why))) throw notWanted();
  await writeAudit(tx, {
    actor: { kind: 'policy', name: 'observed' },
    action: 'deploy-plan.withdrawn',
    subject: promotionSubject(promotion),
    environment: promotion.environment,
    why,
    details: { plan: id, sha256, people, by: file?.sha256 ?? null },
  });
}

async function audit(tx: Transaction, promotion: PromotionView, report: DeployPlanReport): Promise<void> {
  const { agentName, environment, file, error } = report;
  await writeAudit(tx, {
    actor: { kind: 'agent', name: agentName },
    action: 'deploy-plan.made',
    subject: promotionSubject(promotion),
    environment,
    why: error?.message,
    details: { sha256: file?.sha256 ?? null, error: error?.code },
  });
}

function tooMany(endsAt: string): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLANS_TOO_MANY',
    message: `${MOST_AN_HOUR} plans were made for this promotion within an hour, each while the one before still counted; the last one counts.`,
    cause: 'Each that is made takes the place of the one before, and voids what people said of it.',
    fix: `Find out why the agent makes one after another: its log, and who has its credential. Another one is taken again from ${endsAt} on.`,
  });
}

function notWanted(): TowpathError {
  return new TowpathError({
    code: 'DEPLOY_PLAN_NOT_WANTED',
    message: 'Nobody waits for this plan any more.',
    cause: 'The promotion has begun or ended, or the policy wants no plans there.',
  });
}
