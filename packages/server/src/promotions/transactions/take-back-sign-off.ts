import type { SignOffView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { findHuman } from '../../access/operations/find-human.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { auditWithdrawal } from '../audit-withdrawal.ts';
import { getSignOff } from '../get-sign-off.ts';
import { listSpeakers } from '../operations/list-speakers.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { withdrawSignOff } from '../operations/withdraw-sign-off.ts';
import type { Promoter } from '../promoter.ts';
import { isWordOf } from '../whose-word.ts';

/**
 * Takes a person's own sign-off back. Locks: the decisions about its environment. Idempotent.
 *
 * @throws TowpathError `SIGN_OFF_UNKNOWN`, `PERMISSION_DENIED`
 */
export function takeBackSignOff(pool: pg.Pool, signOffId: string, by: Promoter): Promise<SignOffView> {
  return withTransaction(pool, 'take-back-sign-off', async (tx) => {
    const given = await getSignOff(tx, signOffId);
    await lockDecisions(tx, given.environment);
    await requireOwn(tx, given, by);
    if (await withdrawSignOff(tx, signOffId)) {
      await auditWithdrawal(tx, given);
      await publish(tx, {
        events: [{ kind: 'environment.changed', environment: given.environment }],
        topics: new Set(['promotions']),
      });
    }
    return getSignOff(tx, signOffId);
  });
}

async function requireOwn(
  tx: Transaction,
  { id, releaseId, environment, person, withdrawnAt }: SignOffView,
  by: Promoter,
) {
  const speaker = (await listSpeakers(tx, releaseId, environment)).find((one) => one.id === id);
  const isTheirs = speaker ? isWordOf(speaker, await findHuman(tx, by)) : person === by.name && withdrawnAt !== null;
  if (!isTheirs) throw ofSomebodyElse(person, by.name);
}

function ofSomebodyElse(person: string, asker: string): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message:
      person === asker
        ? `That sign-off is of who was ${person} before: another account, or one whose access was revoked since.`
        : `That sign-off is ${person}'s.`,
    fix: 'Only who gave a sign-off takes it back; anybody who may sign off may refuse the release instead, or lift the refusal of somebody who has left.',
  });
}
