// Slots that passed without a run because something was wrong are told once per tick: the older part of a long absence is one
// message, not a thousand.
import type { SlotReason } from '@towpath/core';
import type { Transaction } from '../../db/database.ts';
import type { Outbox } from '../../events/transactions/publish.ts';
import { notify } from '../../notifications/notify.ts';
import type { NewSlot } from '../operations/write-slots.ts';
import type { StoredSchedule } from '../stored-schedule.ts';

/** Tells of the missed ones among these outcomes, by reason. What the schedule itself says no to is no news. */
export async function notifyMissedSlots(
  tx: Transaction,
  schedule: StoredSchedule,
  slots: readonly NewSlot[],
  outbox: Outbox,
): Promise<void> {
  const missed = slots.filter((slot) => slot.outcome === 'missed' && slot.reason !== null);
  const byReason = Map.groupBy(missed, ({ reason }) => reason);
  const notifications = [...byReason].flatMap(([reason, ofOne]) =>
    reason === null ? [] : [{ environment: schedule.environment, facts: toFacts(schedule, reason, ofOne) }],
  );
  await notify(tx, notifications, outbox);
}

function toFacts({ id, pipeline, name }: StoredSchedule, reasonCode: SlotReason, slots: readonly NewSlot[]) {
  const firstMs = Math.min(...slots.map(({ slotAtMs }) => slotAtMs));
  const lastMs = Math.max(...slots.map(({ slotAtMs, untilAtMs }) => untilAtMs ?? slotAtMs));
  const span = { firstSlotAt: new Date(firstMs).toISOString(), lastSlotAt: new Date(lastMs).toISOString() };
  return { kind: 'schedule.missed' as const, scheduleId: id, schedule: name, pipeline, ...span, reasonCode };
}
