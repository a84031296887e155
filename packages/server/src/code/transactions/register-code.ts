// An agent registers its working tree; an environment that runs a release takes none.
import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { namedSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { findDesiredRelease } from '../../promotions/operations/find-desired-release.ts';
import { lockAgainstDecisions } from '../../promotions/operations/lock-decisions.ts';
import { type FailedCodeLocation, recordCodeError } from '../operations/record-code-error.ts';
import { type CodeChange, type LocationCode, replaceCode } from '../replace-code.ts';

/** What a good load holds. */
export interface CodeRegistration extends LocationCode {
  /** The agent that says so. */
  readonly registeredBy: string;
}

/**
 * Replaces the pipelines of a location. Locks: decisions about the environment's release, then as replaceCode. Repeating it
 * changes nothing.
 *
 * @throws TowpathError `ENVIRONMENT_RELEASED`, `GRAPH_INVALID`, `BUNDLE_UNKNOWN`
 */
export function registerCode(
  pool: pg.Pool,
  registration: CodeRegistration,
): Promise<{ registered: number; removed: number }> {
  return withTransaction(pool, 'register-code', async (tx) => {
    await refuseReleased(tx, registration.environment);
    const outbox = createOutbox();
    const change = await replaceCode(tx, registration, outbox);
    const { hasOtherCode, changed, removed } = change;
    if (hasOtherCode || changed.length + removed > 0) await auditRegistration(tx, registration, change);
    await publish(tx, outbox);
    return { registered: registration.pipelines.length, removed };
  });
}

async function refuseReleased(tx: Transaction, environment: string): Promise<void> {
  await lockAgainstDecisions(tx, environment);
  if ((await findDesiredRelease(tx, environment)) === undefined) return;
  throw new TowpathError({
    code: 'ENVIRONMENT_RELEASED',
    message: `${environment} runs a release; the working tree of its agent is not registered.`,
    cause: 'What runs there is decided by promotions alone.',
    fix: `Create a release of it and promote that: \`${TOWPATH} release create\`, \`${TOWPATH} promote\`.`,
  });
}

// An agent that only came back registers what is known; that decides nothing.
async function auditRegistration(
  tx: Transaction,
  { environment, name, sourceHash, bundleHash, pools, registeredBy }: CodeRegistration,
  { changed, removed }: CodeChange,
): Promise<void> {
  await writeAudit(tx, {
    actor: { kind: 'agent', name: registeredBy },
    action: 'code.registered',
    subject: namedSubject('code location', environment, name),
    environment,
    details: { sourceHash, bundleHash, changed: limitDetail(changed), removed, pools: pools && limitDetail(pools) },
  });
}

/**
 * Keeps the error of a load beside the last good pipelines.
 *
 * @throws TowpathError `ENVIRONMENT_RELEASED`
 */
export function registerCodeError(pool: pg.Pool, location: FailedCodeLocation): Promise<void> {
  return withTransaction(pool, 'register-error', async (tx) => {
    await refuseReleased(tx, location.environment);
    await recordCodeError(tx, location);
    const { environment } = location;
    await publish(tx, { ...createOutbox(), events: [{ kind: 'code.registered', environment }] });
  });
}
