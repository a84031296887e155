// An edge that is automatic: the server asks for what is new, in its own name.
import { AUTOMATION, findRules } from '@towpath/core';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { openLocked } from '../open-locked.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { findNewRelease } from '../operations/find-new-release.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { findTarget } from '../operations/find-target.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { supersede } from '../supersede.ts';

/**
 * Opens a promotion of what is new to an environment, if the policy still says so. It takes the place of one that automation
 * opened and that waits; a person's is left alone. Locks: the decisions about the environment. Idempotent.
 */
export async function openAutomatic(pool: pg.Pool, book: HolidayBook, environment: string): Promise<void> {
  if ((await findNewRelease(pool, environment)) === undefined) return;
  await book.load();
  await withTransaction(pool, 'open-automatic', async (tx) => {
    await lockDecisions(tx, environment);
    const target = await findTarget(tx, environment);
    if (!target || !findRules((await findPolicy(tx)).policy, target).automatic) return;
    const releaseId = await findNewRelease(tx, environment);
    if (releaseId === undefined) return;
    const live = await findLivePromotion(tx, environment);
    if (live && (live.state === 'running' || live.requestedBy !== AUTOMATION)) return;
    const outbox = createOutbox();
    if (live) await supersede(tx, live, AUTOMATION, outbox);
    const note = 'The policy lets this environment take what is new.';
    await openLocked(tx, book, { releaseId, target, note, actor: { kind: 'policy', name: AUTOMATION } }, outbox);
    await publish(tx, outbox);
  });
}
