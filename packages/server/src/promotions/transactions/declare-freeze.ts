import type { FreezeView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { insertFreeze, type NewFreeze } from '../operations/insert-freeze.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';

/** A freeze, and who declares it. */
export interface FreezeRequest extends Omit<NewFreeze, 'by'> {
  readonly by: Promoter;
}

/**
 * Closes an environment. Locks: the decisions about it. Not idempotent: each call is a freeze.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PERMISSION_DENIED`, `FREEZE_INVALID`
 */
export function declareFreeze(pool: pg.Pool, { by, ...freeze }: FreezeRequest): Promise<FreezeView> {
  const { environment } = freeze;
  return withTransaction(pool, 'declare-freeze', async (tx) => {
    await lockDecisions(tx, environment);
    await requirePromoter(tx, environment, by);
    const declared = await insertFreeze(tx, { ...freeze, by: by.name });
    if (!declared) throw freezeInvalid();
    const { id, reason, startsAt, endsAt } = declared;
    await writeAudit(tx, {
      actor: { kind: 'person', name: by.name },
      action: 'freeze.declared',
      subject: { kind: 'freeze', id, name: environment },
      environment,
      why: reason,
      details: { startsAt, endsAt },
    });
    await publish(tx, { events: [{ kind: 'environment.changed', environment }], topics: new Set(['promotions']) });
    return declared;
  });
}

function freezeInvalid(): TowpathError {
  return new TowpathError({
    code: 'FREEZE_INVALID',
    message: 'The freeze would end before it begins.',
    fix: 'Give a later end, or none.',
  });
}
