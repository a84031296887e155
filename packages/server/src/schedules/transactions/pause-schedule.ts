import type { ScheduleView } from '@towpath/api';
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getLockedSchedule, getSchedule } from '../get-schedule.ts';
import { readClock } from '../operations/read-clock.ts';
import { type Pause, setPaused } from '../operations/set-paused.ts';
import { tickLockedSchedule } from './tick-schedule.ts';

/**
 * Pauses a schedule and returns it; slots that came before are decided first, those that wait go on waiting. Locks: as a
 * tick. Repeating it changes nothing.
 *
 * @throws TowpathError `SCHEDULE_UNKNOWN`
 */
export function pauseSchedule(pool: pg.Pool, pause: Pause): Promise<ScheduleView> {
  return withTransaction(pool, async (tx) => {
    const schedule = await getLockedSchedule(tx, pause.scheduleId);
    const outbox = createOutbox();
    await tickLockedSchedule(tx, schedule, await readClock(tx), outbox);
    if (await setPaused(tx, pause)) outbox.events.push({ kind: 'schedule.changed', environment: schedule.environment });
    await publish(tx, outbox);
    return getSchedule(tx, pause.scheduleId);
  });
}
