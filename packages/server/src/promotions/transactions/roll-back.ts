// The way back: one action, no gate. It goes the way of a promotion, and is measured like one.
import type { PromotionView } from '@towpath/api';
import { findPreviousGood, type PastDeployment, planPromotion } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { releaseUnknown } from '../../releases/release-errors.ts';
import { abortLocked } from '../abort-locked.ts';
import { getPromotion } from '../get-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { findRollbackFrom } from '../operations/find-rollback-from.ts';
import { insertPromotion } from '../operations/insert-promotion.ts';
import { listDeployments } from '../operations/list-deployments.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';
import { neverRan, nothingToRollBackTo, promotionRunning, rollbackStale } from '../promotion-errors.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { requireNewest } from '../require-newest.ts';

/** Which environment goes back, and why. */
export interface RollbackRequest {
  readonly environment: string;
  /** Id of the release it shall go back from. */
  readonly from: string;
  readonly reason: string;
  /** Id of another release that it ran; absent: the previous good one. */
  readonly to?: string | undefined;
  /** It is to be the last word about this rollback, which failed technically. */
  readonly retryOf?: string | undefined;
  readonly by: Promoter;
}

/**
 * Tells an environment to run its previous good release, also in a freeze. A promotion that waits or runs there ends; a rollback
 * that runs is returned, and so is one that took that release away before: an answer that was lost may be asked for again. Locks:
 * the decisions about the environment.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PERMISSION_DENIED`, `ROLLBACK_STALE`, `ROLLBACK_IMPOSSIBLE`, `PROMOTION_RUNNING`,
 * `PROMOTION_NOT_RETRIABLE`
 */
export async function rollBack(pool: pg.Pool, book: HolidayBook, request: RollbackRequest): Promise<PromotionView> {
  await book.load();
  return withTransaction(pool, 'roll-back', async (tx) => {
    const { environment, from, to, reason, by } = request;
    await lockDecisions(tx, environment);
    await requirePromoter(tx, environment, by);
    const live = await findLivePromotion(tx, environment);
    if (live?.kind === 'rollback' && (to ?? live.release.id) === live.release.id) return live;
    if (live?.kind === 'rollback') throw promotionRunning(live);
    if (request.retryOf !== undefined) await requireNewest(tx, environment, request.retryOf);
    const deployments = await listDeployments(tx, environment);
    if (deployments[0]?.releaseId !== from) return await getDone(tx, request);
    const { previous, plan } = await planWayBack(tx, request, deployments);
    const outbox = createOutbox();
    if (live) await abortLocked(tx, live, { by: by.name, code: 'ROLLED_BACK', reason }, outbox);
    const asked = { environment, releaseId: previous.id, plan, note: reason, requestedBy: by.name };
    const promotion = await getPromotion(tx, await insertPromotion(tx, asked));
    await audit(tx, promotion, isRefused(deployments, previous.id));
    await judgePending(tx, book, promotion, outbox);
    outbox.topics.add('promotions');
    await publish(tx, outbox);
    return getPromotion(tx, promotion.id);
  });
}

async function getDone(tx: Transaction, { environment, from, to }: RollbackRequest): Promise<PromotionView> {
  const done = await findRollbackFrom(tx, environment, from);
  if (!done || (to ?? done.release.id) !== done.release.id) throw rollbackStale(environment);
  return done;
}

/** Nobody is brought back to what is refused by a default, nor by a retry: only who names it, with a reason. */
function choosePrevious({ environment, to, retryOf }: RollbackRequest, deployments: readonly PastDeployment[]): string {
  const [, ...past] = deployments;
  const named = past.find(({ releaseId }) => releaseId === to);
  if (to !== undefined && !named) throw neverRan(environment);
  const chosen = named && !(retryOf !== undefined && named.isRefused) ? named.releaseId : undefined;
  const previousId = to === undefined ? findPreviousGood(deployments) : chosen;
  if (previousId === undefined || previousId === deployments[0]?.releaseId) throw nothingToRollBackTo(environment);
  return previousId;
}

function isRefused(deployments: readonly PastDeployment[], releaseId: string): boolean {
  return deployments.some((one) => one.releaseId === releaseId && one.isRefused);
}

async function planWayBack(tx: Transaction, request: RollbackRequest, deployments: readonly PastDeployment[]) {
  const previousId = choosePrevious(request, deployments);
  const currentId = deployments[0]?.releaseId ?? '';
  const [previous, current] = [await findRelease(tx, previousId), await findRelease(tx, currentId)];
  if (!previous) throw releaseUnknown(previousId);
  return { previous, plan: planPromotion('rollback', current?.bill ?? null, previous.bill) };
}

async function audit(tx: Transaction, promotion: PromotionView, isToRefused: boolean): Promise<void> {
  const { environment, release, requestedBy, note } = promotion;
  await writeAudit(tx, {
    actor: { kind: 'person', name: requestedBy },
    action: 'rollback.requested',
    subject: promotionSubject(promotion),
    environment,
    why: note,
    details: { releaseId: release.id, ...(isToRefused && { isRefused: true }) },
  });
}
