// One look at a promotion that waits: its gates are judged, and where all allow it the environment is told to run the release,
// in this very transaction.
import type { PromotionView, VerdictView } from '@towpath/api';
import { failpoint, formatCanonicalJson, judgePromotion, listGates } from '@towpath/core';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import type { HolidayBook } from './holiday-book.ts';
import { acceptDeployPlan } from './operations/accept-deploy-plan.ts';
import { endPromotion } from './operations/end-promotion.ts';
import { findTarget } from './operations/find-target.ts';
import { forgetReports } from './operations/forget-reports.ts';
import { lockSigners } from './operations/lock-signers.ts';
import { setDesiredRelease } from './operations/set-desired-release.ts';
import { startPromotion } from './operations/start-promotion.ts';
import { writeJudgement } from './operations/write-judgement.ts';
import { promotionSubject } from './promotion-subject.ts';
import { readFacts } from './read-facts.ts';
import { toEmergency } from './to-emergency.ts';
import { toInstant, toVerdictView } from './to-verdict-view.ts';

/** How long agents have to load a release: a bundle of 32 MiB on a slow line, and an agent that restarts meanwhile. */
const OBSERVE_SECONDS = 15 * 60;

/** Judges a promotion that waits, and lets it begin or ends it. The decisions of its environment are locked; the caller publishes. */
export async function judgePending(
  tx: Transaction,
  book: HolidayBook,
  promotion: PromotionView,
  outbox: Outbox,
): Promise<void> {
  const { id: promotionId, environment, kind } = promotion;
  await lockSigners(tx, { releaseId: promotion.release.id, environment, promotionId });
  const nowMs = await readClock(tx);
  const question = await toQuestion(tx, promotion, nowMs);
  const { facts, rules, policyVersion } = await readFacts(tx, book, question);
  const gates = listGates(kind, promotion.emergency, rules);
  const { decision, verdicts, askAgainAtMs } = judgePromotion({ facts, rules, gates }, nowMs);
  const views = verdicts.map(toVerdictView);
  const { holidays, ...kept } = facts;
  await writeJudgement(tx, {
    promotionId,
    policyVersion,
    gates,
    facts: kept,
    verdicts: views,
    askAgainAt: toInstant(askAgainAtMs),
  });
  // An agent has to make one.
  if (views.some(({ code }) => code === 'DEPLOY_PLAN_MISSING' || code === 'DEPLOY_PLAN_EXPIRED'))
    outbox.topics.add(`release:${environment}`);
  if (decision === 'allow') await begin(tx, promotion, views, outbox);
  if (decision === 'deny') {
    const denied = views.filter((verdict) => verdict.decision === 'deny');
    await refuse(tx, promotion, denied);
    // Something new may wait for its turn.
    outbox.topics.add('promotions');
  }
  const isNews = formatCanonicalJson(views) !== formatCanonicalJson(promotion.verdicts);
  if (isNews || decision !== 'defer') outbox.events.push({ kind: 'environment.changed', environment });
}

async function toQuestion(tx: Transaction, promotion: PromotionView, atMs: number) {
  const { environment, requestedBy: initiator, rollbackPlan, changeRecord, notBefore } = promotion;
  const asked = toEmergency(promotion.emergency);
  const emergency = asked && { ...asked, askedAtMs: Date.parse(promotion.requestedAt) };
  const release = await findRelease(tx, promotion.release.id);
  const target = await findTarget(tx, environment);
  if (!release) throw releaseUnknown(promotion.release.id);
  if (!target) throw environmentUnknown(environment);
  return {
    release,
    target,
    initiator,
    rollbackPlan,
    changeRecord,
    notBefore,
    emergency,
    atMs,
    promotionId: promotion.id,
  };
}

async function begin(
  tx: Transaction,
  promotion: PromotionView,
  verdicts: readonly VerdictView[],
  outbox: Outbox,
): Promise<void> {
  const { id: promotionId, environment, release, kind, requestedBy, emergency } = promotion;
  if (!(await startPromotion(tx, promotionId, OBSERVE_SECONDS))) return;
  const planId = findApprovedPlan(verdicts);
  if (planId !== undefined) await acceptDeployPlan(tx, planId);
  await forgetReports(tx, environment);
  await setDesiredRelease(tx, { environment, releaseId: release.id, promotionId });
  failpoint('promotion.set-desired');
  outbox.topics.add(`release:${environment}`);
  await writeAudit(tx, {
    actor: { kind: 'policy', name: 'gates' },
    action: 'promotion.started',
    subject: promotionSubject(promotion),
    environment,
    details: { kind, requestedBy, releaseId: release.id, emergency: emergency ?? undefined },
  });
}

/** The plan that people approved, as its gate says; nothing else may be applied. */
function findApprovedPlan(verdicts: readonly VerdictView[]): string | undefined {
  const planId = verdicts.find(({ code }) => code === 'DEPLOY_PLAN_APPROVED')?.evidence.planId;
  return typeof planId === 'string' ? planId : undefined;
}

async function refuse(
  tx: Transaction,
  promotion: PromotionView,
  denied: readonly { readonly gate: string; readonly code: string; readonly reason: string }[],
): Promise<void> {
  const { id: promotionId, environment, release } = promotion;
  const [first] = denied;
  // Gates may say the same: what never ran there has neither soaked nor gone through.
  const reason = [...new Set(denied.map((verdict) => verdict.reason))].join(' ');
  if (!(await endPromotion(tx, { promotionId, event: 'refuse', code: first?.code ?? null, reason }))) return;
  await writeAudit(tx, {
    actor: { kind: 'policy', name: 'gates' },
    action: 'promotion.refused',
    subject: promotionSubject(promotion),
    environment,
    why: reason,
    details: { releaseId: release.id, gates: denied.map(({ gate, code }) => ({ gate, code })) },
  });
}
