import type { PromotionView } from '@towpath/api';
import { writeAudit } from '../audit/operations/write-audit.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { endPromotion } from './operations/end-promotion.ts';
import { restoreDesiredRelease } from './operations/restore-desired-release.ts';
import { promotionSubject } from './promotion-subject.ts';

/** Ends a running promotion that failed technically; the environment is told to run what it runs. Its decisions are locked. */
export async function breakPromotion(
  tx: Transaction,
  promotion: PromotionView,
  { code, reason }: { readonly code: string; readonly reason: string },
  outbox: Outbox,
): Promise<void> {
  const { id: promotionId, environment, release } = promotion;
  if (!(await endPromotion(tx, { promotionId, event: 'break', code, reason }))) return;
  await restoreDesiredRelease(tx, environment);
  outbox.topics.add(`release:${environment}`);
  outbox.events.push({ kind: 'environment.changed', environment });
  // Something new may wait for its turn.
  outbox.topics.add('promotions');
  await writeAudit(tx, {
    actor: { kind: 'policy', name: 'observed' },
    action: 'promotion.errored',
    subject: promotionSubject(promotion),
    environment,
    why: reason,
    details: { releaseId: release.id, code },
  });
}
