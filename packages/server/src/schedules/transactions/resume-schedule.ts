import type { ScheduleView } from '@towpath/api';
import { listNextSlots } from '@towpath/core';
import type pg from 'pg';
import { scheduleSubject } from '../../audit/audit-subjects.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { getLockedSchedule, getSchedule } from '../get-schedule.ts';
import { readClock } from '../operations/read-clock.ts';
import { setResumed } from '../operations/set-resumed.ts';

/** Who lets which schedule go on. */
export interface ResumeRequest {
  readonly scheduleId: string;
  readonly by: string;
}

/**
 * Lets a schedule tick from now on and returns it. Locks: the schedule. Repeating it changes nothing.
 *
 * @throws TowpathError `SCHEDULE_UNKNOWN`
 */
export function resumeSchedule(pool: pg.Pool, { scheduleId, by }: ResumeRequest): Promise<ScheduleView> {
  return withTransaction(pool, async (tx) => {
    const stored = await getLockedSchedule(tx, scheduleId);
    const { definition, environment } = stored;
    const [next = 0] = listNextSlots(definition, await readClock(tx), 1);
    const outbox = createOutbox();
    if (await setResumed(tx, scheduleId, next)) {
      outbox.events.push({ kind: 'schedule.changed', environment });
      outbox.topics.add('schedules');
      await writeAudit(tx, {
        actor: { kind: 'person', name: by },
        action: 'schedule.resumed',
        subject: scheduleSubject(stored),
        environment,
      });
    }
    await publish(tx, outbox);
    return getSchedule(tx, scheduleId);
  });
}
