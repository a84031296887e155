import type { SignOffView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { auditWithdrawal } from '../audit-withdrawal.ts';
import { getSignOff } from '../get-sign-off.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { withdrawSignOff } from '../operations/withdraw-sign-off.ts';

/**
 * Takes a person's own sign-off back. Locks: the decisions about its environment. Idempotent.
 *
 * @throws TowpathError `SIGN_OFF_UNKNOWN`, `PERMISSION_DENIED`
 */
export function takeBackSignOff(pool: pg.Pool, signOffId: string, by: string): Promise<SignOffView> {
  return withTransaction(pool, 'take-back-sign-off', async (tx) => {
    const given = await getSignOff(tx, signOffId);
    if (given.person !== by) throw ofSomebodyElse(given.person);
    await lockDecisions(tx, given.environment);
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

function ofSomebodyElse(person: string): TowpathError {
  return new TowpathError({
    code: 'PERMISSION_DENIED',
    message: `That sign-off is ${person}'s.`,
    fix: 'Only who gave a sign-off takes it back; anybody who may sign off may refuse the release instead, or lift the refusal of somebody who has left.',
  });
}
