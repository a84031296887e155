import type { PromotionView } from '@towpath/api';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { endPromotion } from './operations/end-promotion.ts';
import { restoreDesiredRelease } from './operations/restore-desired-release.ts';
import { promotionSubject } from './promotion-subject.ts';

/** Who ends a promotion, and why. */
export interface Abort {
  readonly by: string;
  readonly code: 'ABORTED' | 'SUPERSEDED' | 'ROLLED_BACK' | 'SIGN_OFF_REFUSED';
  readonly reason: string;
}

/** Ends a promotion that waits or runs; the environment is told to run what it runs. The decisions about it are locked. */
export async function abortLocked(
  tx: Transaction,
  promotion: PromotionView,
  { by, code, reason }: Abort,
  outbox: Outbox,
): Promise<void> {
  const { id: promotionId, environment, state, release } = promotion;
  if (!(await endPromotion(tx, { promotionId, event: 'abort', code, reason }))) return;
  if (state === 'running') {
    await restoreDesiredRelease(tx, environment);
    outbox.topics.add(`release:${environment}`);
  }
  outbox.events.push({ kind: 'environment.changed', environment });
  // Something new may wait for its turn.
  outbox.topics.add('promotions');
  await writeAudit(tx, {
    actor: { kind: 'person', name: by },
    action: 'promotion.aborted',
    subject: promotionSubject(promotion),
    environment,
    why: reason,
    details: { releaseId: release.id, code },
  });
}
