import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { notify } from '../../notifications/notify.ts';
import type { NewNotification } from '../../notifications/operations/write-notifications.ts';
import { type AbsentRun, listAbsentRuns } from '../operations/list-absent-runs.ts';
import { listStuckPromotions, type StuckPromotion } from '../operations/list-stuck-promotions.ts';

/** Whoever asks for a release one day sees it in effect the next, unless somebody has to look. */
const DEFAULT_STUCK_HOURS = 24;

/** Tells of what should have happened and did not: once for each silence, however often and by however many servers it is noticed. */
export function noticeAbsence(pool: pg.Pool): Promise<void> {
  return withTransaction(pool, 'notice-absence', async (tx) => {
    const absent = (await listAbsentRuns(tx)).map(toAbsence);
    const stuck = (await listStuckPromotions(tx, DEFAULT_STUCK_HOURS)).map(toStuck);
    const outbox = createOutbox();
    await notify(tx, [...absent, ...stuck], outbox);
    await publish(tx, outbox);
  });
}

function toAbsence({ environment, ...facts }: AbsentRun): NewNotification {
  return { environment, facts: { kind: 'run.absent', ...facts } };
}

function toStuck({ environment, ...facts }: StuckPromotion): NewNotification {
  return { environment, facts: { kind: 'promotion.stuck', ...facts } };
}
