import type { FreezeView } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { publish } from '../../events/transactions/publish.ts';
import { findFreeze } from '../operations/find-freeze.ts';
import { liftFreeze } from '../operations/lift-freeze.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { type Promoter, requirePromoter } from '../promoter.ts';

/** Which freeze ends, and why. */
export interface LiftRequest {
  readonly freezeId: string;
  readonly why?: string | undefined;
  readonly by: Promoter;
}

/**
 * Ends a declared freeze. Locks: the decisions about its environment. Idempotent.
 *
 * @throws TowpathError `FREEZE_UNKNOWN`, `PERMISSION_DENIED`
 */
export function endFreeze(pool: pg.Pool, { freezeId, why, by }: LiftRequest): Promise<FreezeView> {
  return withTransaction(pool, 'end-freeze', async (tx) => {
    const freeze = await findFreeze(tx, freezeId);
    if (!freeze) throw freezeUnknown();
    const { environment } = freeze;
    await lockDecisions(tx, environment);
    await requirePromoter(tx, environment, by);
    if (await liftFreeze(tx, freezeId, by.name)) {
      await writeAudit(tx, {
        actor: { kind: 'person', name: by.name },
        action: 'freeze.lifted',
        subject: { kind: 'freeze', id: freezeId, name: environment },
        environment,
        why,
      });
      await publish(tx, { events: [{ kind: 'environment.changed', environment }], topics: new Set(['promotions']) });
    }
    return (await findFreeze(tx, freezeId)) ?? freeze;
  });
}

function freezeUnknown(): TowpathError {
  return new TowpathError({
    code: 'FREEZE_UNKNOWN',
    message: 'There is no such freeze.',
    fix: `Take the id from \`${TOWPATH} freeze list\`.`,
  });
}
