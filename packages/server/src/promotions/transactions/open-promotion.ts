// A person asks for a release in an environment. Its gates are judged at once, so the answer says what it waits for.
import type { PromotionView } from '@towpath/api';
import { planPromotion } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { releaseUnknown } from '../../releases/release-errors.ts';
import { getPromotion } from '../get-promotion.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { judgePending } from '../judge-live.ts';
import { findDeployedRelease } from '../operations/find-deployed-release.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { insertPromotion } from '../operations/insert-promotion.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';
import { alreadyDeployed, promotionRunning } from '../promotion-errors.ts';
import { promotionSubject } from '../promotion-subject.ts';
import { supersede } from '../supersede.ts';

/** What is asked for. */
export interface PromotionRequest {
  readonly releaseId: string;
  readonly environment: string;
  readonly rollbackPlan?: string | undefined;
  readonly changeRecord?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  readonly by: Promoter;
}

/**
 * Opens a promotion and returns it as its gates leave it. The same request while it waits is the same promotion; another one
 * takes its place. Locks: the decisions about the environment.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`, `PERMISSION_DENIED`, `PROMOTION_RUNNING`, `RELEASE_ALREADY_DEPLOYED`
 */
export async function openPromotion(
  pool: pg.Pool,
  book: HolidayBook,
  request: PromotionRequest,
): Promise<PromotionView> {
  await book.load();
  return withTransaction(pool, 'open-promotion', async (tx) => {
    const { environment, by } = request;
    await lockDecisions(tx, environment);
    await requirePromoter(tx, environment, by);
    const live = await findLivePromotion(tx, environment);
    if (live && isSame(live, request)) return live;
    if (live?.state === 'running') throw promotionRunning(live);
    const outbox = createOutbox();
    if (live) await supersede(tx, live, by.name, outbox);
    const promotion = await getPromotion(tx, await insert(tx, request));
    await audit(tx, promotion);
    await judgePending(tx, book, promotion, outbox);
    outbox.topics.add('promotions');
    outbox.events.push({ kind: 'environment.changed', environment });
    await publish(tx, outbox);
    return getPromotion(tx, promotion.id);
  });
}

function isSame(live: PromotionView, request: PromotionRequest): boolean {
  return (
    live.kind === 'promotion' &&
    live.release.id === request.releaseId &&
    live.requestedBy === request.by.name &&
    (live.rollbackPlan ?? '') === (request.rollbackPlan ?? '') &&
    live.changeRecord === (request.changeRecord ?? null) &&
    toMs(live.notBefore) === toMs(request.notBefore)
  );
}

function toMs(instant: string | null | undefined): number {
  return instant ? Date.parse(instant) : 0;
}

async function insert(tx: Transaction, request: PromotionRequest): Promise<string> {
  const { releaseId, environment, by } = request;
  const release = await findRelease(tx, releaseId);
  if (!release) throw releaseUnknown(releaseId);
  const deployedId = await findDeployedRelease(tx, environment);
  if (deployedId === releaseId) throw alreadyDeployed(environment, release.version);
  const deployed = deployedId === undefined ? undefined : await findRelease(tx, deployedId);
  const plan = planPromotion('promotion', deployed?.bill ?? null, release.bill);
  return insertPromotion(tx, { ...request, plan, requestedBy: by.name });
}

async function audit(tx: Transaction, promotion: PromotionView): Promise<void> {
  const { environment, release, requestedBy, note, notBefore, rollbackPlan, changeRecord } = promotion;
  await writeAudit(tx, {
    actor: { kind: 'person', name: requestedBy },
    action: 'promotion.requested',
    subject: promotionSubject(promotion),
    environment,
    why: note,
    details: { releaseId: release.id, notBefore, rollbackPlan, changeRecord },
  });
}
