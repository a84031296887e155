import type { ScheduleView } from '@towpath/api';
import { listNextSlots } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { listLastSlots } from './operations/list-last-slots.ts';
import { listSchedules, type ScheduleFilter } from './operations/list-schedules.ts';
import { readClock } from './operations/read-clock.ts';

const NEXT_SLOTS = 5;
const LAST_SLOTS = 10;

/** Schedules with their next and last slots, in the order people see. */
export async function listScheduleViews(db: Db, filter: ScheduleFilter): Promise<ScheduleView[]> {
  const schedules = await listSchedules(db, filter);
  const ids = schedules.map(({ id }) => id);
  const lastSlots = await listLastSlots(db, ids, LAST_SLOTS);
  const nowMs = await readClock(db);
  return schedules.map((schedule) => ({
    ...schedule,
    nextSlots: listNextSlots(schedule, nowMs, NEXT_SLOTS).map((slot) => new Date(slot).toISOString()),
    lastSlots: lastSlots.get(schedule.id) ?? [],
  }));
}
