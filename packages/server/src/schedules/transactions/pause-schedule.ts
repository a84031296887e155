import type { ScheduleView } from '@towpath/api';
import type pg from 'pg';
import { scheduleSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { getLockedSchedule, getSchedule } from '../get-schedule.ts';
import { readClock } from '../operations/read-clock.ts';
import { type Pause, setPaused } from '../operations/set-paused.ts';
import type { StoredSchedule } from '../stored-schedule.ts';
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
    if (await setPaused(tx, pause)) await notePause(tx, schedule, pause, outbox);
    await publish(tx, outbox);
    return getSchedule(tx, pause.scheduleId);
  });
}

async function notePause(
  tx: Transaction,
  schedule: StoredSchedule,
  { by, note }: Pause,
  outbox: Outbox,
): Promise<void> {
  const { environment } = schedule;
  outbox.events.push({ kind: 'schedule.changed', environment });
  await writeAudit(tx, {
    actor: { kind: 'person', name: by },
    action: 'schedule.paused',
    subject: scheduleSubject(schedule),
    environment,
    why: note,
  });
}
