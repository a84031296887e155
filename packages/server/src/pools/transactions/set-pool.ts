import type { PoolView } from '@towpath/api';
import { isValidPoolName, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { namedSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { listPools } from '../operations/list-pools.ts';
import { type PoolSetting, setPoolSlots } from '../operations/set-pool.ts';

/**
 * Sets the slots of a pool and returns it; more room wakes the claims that wait. Locks: the pool. Idempotent.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `POOL_NAME_INVALID`
 */
export function setPool(pool: pg.Pool, setting: PoolSetting): Promise<PoolView> {
  const { environment, name, slots, by } = setting;
  if (!isValidPoolName(name)) throw nameInvalid(name);
  return withTransaction(pool, async (tx) => {
    if (!(await setPoolSlots(tx, setting))) throw environmentUnknown(environment);
    await writeAudit(tx, {
      actor: { kind: 'person', name: by },
      action: 'pool.set',
      subject: namedSubject('pool', environment, name),
      environment,
      details: { slots },
    });
    const outbox = createOutbox();
    outbox.topics.add(`tasks:${environment}`);
    await publish(tx, outbox);
    const [view] = await listPools(tx, { environment, name });
    if (!view) throw new Error(`pool ${name} was just set and is gone`);
    return view;
  });
}

function nameInvalid(name: string): TowpathError {
  return new TowpathError({
    code: 'POOL_NAME_INVALID',
    message: `A pool can not be called ${JSON.stringify(name)}.`,
    cause: 'Names have 1–63 of A–Z a–z 0–9 . _ - and neither begin nor end with . or -.',
    fix: 'Choose another name.',
  });
}
