// A refusal stands until who refused says something else. Somebody who has left says nothing any more: then another one lifts it.
import type { SignOffView } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import type { RequireSpeaker } from '../../http/require-speaker.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { getSignOff } from '../get-sign-off.ts';
import { liftRefusal as endRefusal, type Lifting } from '../operations/lift-refusal.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';

/**
 * Lifts the refusal of somebody whose access was revoked since. Whoever recorded the release does not. Locks: the decisions about its
 * environment. Idempotent.
 *
 * @throws TowpathError `SIGN_OFF_UNKNOWN`, `REFUSAL_STANDS`, `SIGN_OFF_OF_AUTHOR`, `AUTHENTICATION_REQUIRED`
 */
export function liftRefusal(pool: pg.Pool, lifting: Lifting, requireSpeaker: RequireSpeaker): Promise<SignOffView> {
  const { signOffId, by } = lifting;
  return withTransaction(pool, 'lift-refusal', async (tx) => {
    const { environment } = await getSignOff(tx, signOffId);
    await lockDecisions(tx, environment);
    await requireSpeaker(tx);
    const refusal = await getSignOff(tx, signOffId);
    const { version, createdBy } = (await findRelease(tx, refusal.releaseId)) ?? { version: '', createdBy: '' };
    if (refusal.withdrawnAt !== null) return refusal;
    if (refusal.decision !== 'refused' || refusal.accessRevokedAt === null) throw stands(refusal);
    if (createdBy === by) throw ofAuthor(version);
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

function ofAuthor(version: string): TowpathError {
  return new TowpathError({
    code: 'SIGN_OFF_OF_AUTHOR',
    message: `Whoever made ${version} can't lift a refusal of it.`,
    cause: 'Four eyes see more than two.',
    fix: 'Ask somebody else who may sign off.',
  });
}
