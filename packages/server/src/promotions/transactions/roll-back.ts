// The way back: one action, no gate but the deploy plan where the policy wants one. It goes the way of a promotion, and is measured
// like one.
import type { PromotionView } from '@towpath/api';
import type pg from 'pg';
import { findHuman } from '../../access/operations/find-human.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { abortLocked } from '../abort-locked.ts';
import { getPromotion } from '../get-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { findDoneRollback } from '../operations/find-done-rollback.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { insertPromotion } from '../operations/insert-promotion.ts';
import { insertRefresh } from '../operations/insert-refresh.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { isRefreshOf, planRefresh, type RefreshAsked } from '../plan-refresh.ts';
import { planWayBack } from '../plan-way-back.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';
import { promotionRunning, rollbackStale } from '../promotion-errors.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { refreshTooLate } from '../refresh-errors.ts';
import { requireNewest } from '../require-newest.ts';

/** Which environment goes back, and why. */
export interface RollbackRequest {
  readonly environment: string;
  /** Id of the release it shall go back from: what it runs, or one whose deploy plan was not applied to the end. */
  readonly from: string;
  readonly reason: string;
  /** Id of another release that it ran; absent: the previous good one. */
  readonly to?: string | undefined;
  /** dbt models to make anew once it has taken effect. */
  readonly fullRefresh?: RefreshAsked | undefined;
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
 * `PROMOTION_NOT_RETRIABLE`, `REFRESH_TOO_LATE`, and those of `planRefresh`
 */
export async function rollBack(pool: pg.Pool, book: HolidayBook, request: RollbackRequest): Promise<PromotionView> {
  await book.load();
  return withTransaction(pool, 'roll-back', async (tx) => {
    const { environment, from, reason, by } = request;
    await lockDecisions(tx, environment);
    const target = await requirePromoter(tx, environment, by);
    const live = await findLivePromotion(tx, environment);
    if (live?.kind === 'rollback') return await getSame(tx, live, request);
    if (request.retryOf !== undefined) await requireNewest(tx, environment, request.retryOf);
    const way = await planWayBack(tx, target, request);
    if (!way) return await getDone(tx, request);
    const refresh = request.fullRefresh && (await planRefresh(tx, way.to, request.fullRefresh));
    const outbox = createOutbox();
    if (live) await abortLocked(tx, live, { by: by.name, code: 'ROLLED_BACK', reason }, outbox);
    const asked = { environment, releaseId: way.to.id, plan: way.plan, note: reason, requestedBy: by.name };
    const behind = await findHuman(tx, by);
    const id = await insertPromotion(tx, { ...asked, rollsBackFrom: from, behind });
    if (refresh) await insertRefresh(tx, id, refresh);
    const promotion = await getPromotion(tx, id);
    await audit(tx, promotion, way.isRefused);
    await judgePending(tx, book, promotion, outbox);
    outbox.topics.add('promotions');
    await publish(tx, outbox);
    return getPromotion(tx, promotion.id);
  });
}

/** The one that lives, when it is what is asked for: another target or another refresh is another wish. */
async function getSame(tx: Transaction, live: PromotionView, { to, fullRefresh }: RollbackRequest) {
  if ((to ?? live.release.id) !== live.release.id || !(await isRefreshOf(tx, live, fullRefresh)))
    throw promotionRunning(live);
  return live;
}

async function getDone(
  tx: Transaction,
  { environment, from, to, fullRefresh }: RollbackRequest,
): Promise<PromotionView> {
  const done = await findDoneRollback(tx, environment, from);
  if (!done || (to ?? done.release.id) !== done.release.id) throw rollbackStale(environment);
  if (!(await isRefreshOf(tx, done, fullRefresh)))
    throw refreshTooLate(environment, done.release.version, fullRefresh?.pipeline);
  return done;
}

async function audit(tx: Transaction, promotion: PromotionView, isToRefused: boolean): Promise<void> {
  const { environment, release, requestedBy, note, refresh } = promotion;
  await writeAudit(tx, {
    actor: { kind: 'person', name: requestedBy },
    action: 'rollback.requested',
    subject: promotionSubject(promotion),
    environment,
    why: note,
    details: {
      releaseId: release.id,
      ...(isToRefused && { isRefused: true }),
      ...(refresh && { fullRefresh: toDetail(refresh) }),
    },
  });
}

function toDetail({ pipeline, models, between }: NonNullable<PromotionView['refresh']>) {
  return { pipeline, models: limitDetail(models), between: limitDetail(between) };
}
