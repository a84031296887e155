// The way back: one action, no gate but the deploy plan where the policy wants one. It goes the way of a promotion, and is measured
// like one.
import type { PromotionView } from '@towpath/api';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { abortLocked } from '../abort-locked.ts';
import { getPromotion } from '../get-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { findDoneRollback } from '../operations/find-done-rollback.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { findRollbackFrom } from '../operations/find-rollback-from.ts';
import { insertPromotion } from '../operations/insert-promotion.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { planWayBack } from '../plan-way-back.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';
import { promotionRunning, rollbackStale } from '../promotion-errors.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { requireNewest } from '../require-newest.ts';

/** Which environment goes back, and why. */
export interface RollbackRequest {
  readonly environment: string;
  /** Id of the release it shall go back from: what it runs, or one whose deploy plan was not applied to the end. */
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
    const target = await requirePromoter(tx, environment, by);
    const live = await findLivePromotion(tx, environment);
    if (live?.kind === 'rollback' && (to ?? live.release.id) === live.release.id) return live;
    if (live?.kind === 'rollback') throw promotionRunning(live);
    if (request.retryOf !== undefined) await requireNewest(tx, environment, request.retryOf);
    const way = await planWayBack(tx, target, request);
    if (!way) return await getDone(tx, request);
    const outbox = createOutbox();
    if (live) await abortLocked(tx, live, { by: by.name, code: 'ROLLED_BACK', reason }, outbox);
    const asked = { environment, releaseId: way.to.id, plan: way.plan, note: reason, requestedBy: by.name };
    const promotion = await getPromotion(tx, await insertPromotion(tx, { ...asked, rollsBackFrom: from }));
    await audit(tx, promotion, way.isRefused);
    await judgePending(tx, book, promotion, outbox);
    outbox.topics.add('promotions');
    await publish(tx, outbox);
    return getPromotion(tx, promotion.id);
  });
}

async function getDone(tx: Transaction, { environment, from, to }: RollbackRequest): Promise<PromotionView> {
  const done = (await findDoneRollback(tx, environment, from)) ?? (await findRollbackFrom(tx, environment, from));
  if (!done || (to ?? done.release.id) !== done.release.id) throw rollbackStale(environment);
  return done;
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
