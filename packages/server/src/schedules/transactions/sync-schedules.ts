// Schedules follow the code: what is new ticks, what changed ticks by its new expression, what is gone ends.
import { type Graph, listNextSlots, type ScheduleDefinition } from '@towpath/core';
import { findEnvironmentKind } from '../../access/operations/find-environment-kind.ts';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { lockLocationSchedules } from '../operations/lock-location-schedules.ts';
import { readClock } from '../operations/read-clock.ts';
import { removeSchedules } from '../operations/remove-schedules.ts';
import { type ScheduleRegistration, upsertSchedules } from '../operations/upsert-schedules.ts';
import type { StoredSchedule } from '../stored-schedule.ts';
import { tickLockedSchedule } from './tick-schedule.ts';

/** A code location with its graphs. */
export interface ScheduledCode {
  readonly environment: string;
  readonly codeLocation: string;
  readonly graphs: readonly Graph[];
}

/** What people try out must not run by itself. */
const PLAYGROUND = 'playground';

/**
 * Makes the schedules of a code location be as its graphs say. To be called while the former pipelines still stand: slots
 * that came before this moment are decided by the former schedule. Locks: all schedules of the location, then as a tick
 * does. The code location is locked by the caller, which also publishes. Repeating it changes nothing.
 */
export async function syncSchedules(tx: Transaction, code: ScheduledCode, outbox: Outbox): Promise<void> {
  const { environment, codeLocation, graphs } = code;
  const stored = await lockLocationSchedules(tx, code);
  const wanted = codeLocation === PLAYGROUND ? [] : graphs.flatMap(listWanted);
  if (stored.length === 0 && wanted.length === 0) return;
  const nowMs = await readClock(tx);
  const byKey = new Map(stored.map((schedule) => [keyOf(schedule), schedule]));
  const wantedByKey = new Map(wanted.map((one) => [keyOf({ pipeline: one.pipeline, name: one.definition.name }), one]));
  for (const schedule of stored) {
    if (!keepsSlots(schedule, wantedByKey.get(keyOf(schedule))?.definition))
      await tickLockedSchedule(tx, schedule, nowMs, outbox);
  }
  const beginsPaused = (await findEnvironmentKind(tx, environment)) === 'local';
  const schedules = [...wantedByKey].map(([key, one]) => register(one, byKey.get(key), { beginsPaused, nowMs }));
  await upsertSchedules(tx, { environment, codeLocation, schedules });
  const gone = stored.filter((schedule) => !schedule.isRemoved && !wantedByKey.has(keyOf(schedule)));
  await removeSchedules(
    tx,
    gone.map(({ id }) => id),
  );
  outbox.events.push({ kind: 'schedule.changed', environment });
  outbox.topics.add('schedules');
}

type WantedSchedule = Pick<ScheduleRegistration, 'pipeline' | 'definition'>;

function listWanted({ pipeline, schedules = [] }: Graph): readonly WantedSchedule[] {
  return schedules.map((definition) => ({ pipeline, definition }));
}

// Neither may hold a blank.
function keyOf({ pipeline, name }: { readonly pipeline: string; readonly name: string }): string {
  return `${pipeline} ${name}`;
}

function keepsSlots(stored: StoredSchedule, wanted: ScheduleDefinition | undefined): boolean {
  const { cron, timeZone } = stored.definition;
  return wanted !== undefined && !stored.isRemoved && wanted.cron === cron && wanted.timeZone === timeZone;
}

function register(
  wanted: WantedSchedule,
  stored: StoredSchedule | undefined,
  { beginsPaused, nowMs }: { readonly beginsPaused: boolean; readonly nowMs: number },
): ScheduleRegistration {
  const isPaused = stored?.isPaused ?? beginsPaused;
  const kept = stored && keepsSlots(stored, wanted.definition) ? stored.nextSlotMs : null;
  const [next = null] = isPaused ? [] : [kept ?? listNextSlots(wanted.definition, nowMs, 1)[0]];
  return { ...wanted, nextSlotMs: next };
}
