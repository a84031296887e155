// A refusal stands until who refused says something else. Somebody who has left says nothing any more: then another one lifts it.
import type { SignOffView } from '@towpath/api';
import { isSameHuman, TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { findHuman } from '../../access/operations/find-human.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import type { RequireSpeaker } from '../../http/require-speaker.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { getSignOff } from '../get-sign-off.ts';
import { findAskers } from '../operations/find-askers.ts';
import { liftRefusal as endRefusal, type Lifting } from '../operations/lift-refusal.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import type { Promoter } from '../promoter.ts';
import { signOffOfAuthor } from '../sign-off-errors.ts';

/** Which refusal, why, and who lifts it. */
export type LiftWish = Omit<Lifting, 'by'> & { readonly by: Promoter };

/**
 * Lifts the refusal of somebody whose access was revoked since. Whoever recorded the release does not. Locks: the decisions about its
 * environment. Idempotent.
 *
 * @throws TowpathError `SIGN_OFF_UNKNOWN`, `REFUSAL_STANDS`, `SIGN_OFF_OF_AUTHOR`, `AUTHENTICATION_REQUIRED`
 */
export function liftRefusal(
  pool: pg.Pool,
  { by: lifter, ...wish }: LiftWish,
  requireSpeaker: RequireSpeaker,
): Promise<SignOffView> {
  const { signOffId } = wish;
  const lifting = { ...wish, by: lifter.name };
  return withTransaction(pool, 'lift-refusal', async (tx) => {
    const { environment } = await getSignOff(tx, signOffId);
    await lockDecisions(tx, environment);
    await requireSpeaker(tx);
    const refusal = await getSignOff(tx, signOffId);
    const { version } = (await findRelease(tx, refusal.releaseId)) ?? { version: '' };
    if (refusal.withdrawnAt !== null) return refusal;
    if (refusal.decision !== 'refused' || refusal.accessRevokedAt === null) throw stands(refusal);
    const askers = await findAskers(tx, { releaseId: refusal.releaseId });
    if (askers && isSameHuman(askers.author, await findHuman(tx, lifter)))
      throw signOffOfAuthor(`Whoever made ${version} can't lift a refusal of it.`);
    if (await endRefusal(tx, lifting)) {
      await audit(tx, refusal, lifting, version);
      await publish(tx, { events: [{ kind: 'environment.changed', environment }], topics: new Set(['promotions']) });
    }
    return getSignOff(tx, signOffId);
  });
}

function audit(tx: Transaction, refusal: SignOffView, { by, reason }: Lifting, version: string): Promise<void> {
  const { id, releaseId, environment, person, role, accessRevokedAt } = refusal;
  return writeAudit(tx, {
    actor: { kind: 'person', name: by },
    action: 'sign-off.lifted',
    subject: { kind: 'release', id: releaseId, name: version },
    environment,
    why: reason,
    details: { signOff: id, person, role, accessRevokedAt },
  });
}

function stands({ person, decision }: SignOffView): TowpathError {
  return new TowpathError({
    code: 'REFUSAL_STANDS',
    message: decision === 'refused' ? `The refusal of ${person} stands.` : `What ${person} said is no refusal.`,
    cause: 'Only a refusal of somebody whose access was revoked after it is lifted by somebody else.',
    fix: `Ask ${person} to take it back; if they have left: \`${TOWPATH} access revoke ${person} --reason …\`.`,
  });
}
