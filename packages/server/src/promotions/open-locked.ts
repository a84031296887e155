// A promotion begins to wait, and is judged at once: whoever asks for it, a person or the server itself.
import type { PromotionView } from '@towpath/api';
import type { AuditActor } from '@towpath/core';
import type { Human } from '../access/operations/find-human.ts';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { readClock } from '../schedules/operations/read-clock.ts';
import { getPromotion } from './get-promotion.ts';
import type { HolidayBook } from './holiday-book.ts';
import { judgePending } from './judge-live.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { insertPromotion } from './operations/insert-promotion.ts';
import { planRequest } from './plan-request.ts';
import { alreadyDeployed } from './promotion-errors.ts';
import { promotionSubject } from './promotion-subject.ts';
import { toEmergencyView } from './to-emergency.ts';

/** What is asked for, into which environment, by whom. */
export interface Opening {
  readonly releaseId: string;
  readonly target: PromotionTarget;
  readonly rollbackPlan?: string | undefined;
  readonly changeRecord?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly note?: string | undefined;
  readonly emergency?: { readonly reason: string } | undefined;
  readonly actor: AuditActor;
  /** The person behind; absent: nobody is. */
  readonly behind?: Human | undefined;
}

/**
 * Opens it and returns it as its gates leave it. The decisions of the environment are locked, and no promotion lives there; the
 * caller publishes.
 *
 * @throws TowpathError `RELEASE_UNKNOWN`, `RELEASE_ALREADY_DEPLOYED`
 */
export async function openLocked(
  tx: Transaction,
  book: HolidayBook,
  opening: Opening,
  outbox: Outbox,
): Promise<PromotionView> {
  const environment = opening.target.name;
  const promotion = await getPromotion(tx, await insert(tx, opening));
  await audit(tx, promotion, opening.actor);
  await judgePending(tx, book, promotion, outbox);
  outbox.topics.add('promotions');
  outbox.events.push({ kind: 'environment.changed', environment });
  return getPromotion(tx, promotion.id);
}

async function insert(
  tx: Transaction,
  { releaseId, target, actor, emergency: asked, ...rest }: Opening,
): Promise<string> {
  const release = await findRelease(tx, releaseId);
  if (!release) throw releaseUnknown(releaseId);
  const atMs = await readClock(tx);
  const { from, plan, emergency } = await planRequest(tx, { release, target, emergency: asked, atMs });
  if (from?.id === releaseId) throw alreadyDeployed(target.name, release.version);
  return insertPromotion(tx, {
    ...{ releaseId, plan, environment: target.name, requestedBy: actor.name },
    ...{ rollbackPlan: rest.rollbackPlan, changeRecord: rest.changeRecord, notBefore: rest.notBefore, note: rest.note },
    emergency: emergency ? toEmergencyView(emergency) : undefined,
    behind: rest.behind,
  });
}

async function audit(tx: Transaction, promotion: PromotionView, actor: AuditActor): Promise<void> {
  const { environment, release, note, notBefore, rollbackPlan, changeRecord, emergency } = promotion;
  const entry = { actor, subject: promotionSubject(promotion), environment };
  const details = { releaseId: release.id, notBefore, rollbackPlan, changeRecord };
  await writeAudit(tx, { ...entry, action: 'promotion.requested', why: note, details });
  if (emergency === null) return;
  const { reason, skipped, expiresAt } = emergency;
  await writeAudit(tx, { ...entry, action: 'emergency.requested', why: reason, details: { skipped, expiresAt } });
}
