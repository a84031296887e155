// Slot, outcome and run are one transaction: whatever dies, a slot has no outcome yet or all of it.
import {
  decideTick,
  formatLocalDay,
  listDueSlots,
  listNextSlots,
  SLOT_REASONS,
  type SlotDecision,
  type SlotReason,
  TowpathError,
} from '@towpath/core';
import type pg from 'pg';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import { cancelInTransaction } from '../../runs/transactions/cancel-run.ts';
import { planRun } from '../../runs/transactions/plan-run.ts';
import { findLiveRun } from '../operations/find-live-run.ts';
import { listQueuedSlots } from '../operations/list-queued-slots.ts';
import { lockFreeSchedule } from '../operations/lock-free-schedule.ts';
import { readClock } from '../operations/read-clock.ts';
import { setNextSlot } from '../operations/set-next-slot.ts';
import { type NewSlot, writeSlots } from '../operations/write-slots.ts';
import type { StoredSchedule } from '../stored-schedule.ts';
import { auditSlots } from './audit-slots.ts';
import { notifyMissedSlots } from './notify-missed-slots.ts';

/** Slots that are told apart after an absence; what is older is missed as one row. Listing them takes about 0.1 s. */
const MAX_DUE_SLOTS = 1000;

/**
 * Gives every slot that has come its outcome, and starts what waited. Locks: the schedule, then a run to be cancelled, then
 * the environment. Any number of servers may call it: who comes second finds nothing left to decide. False: another one is
 * at it, or it was removed.
 */
export function tickSchedule(pool: pg.Pool, scheduleId: string): Promise<boolean> {
  return withTransaction(pool, async (tx) => {
    const schedule = await lockFreeSchedule(tx, scheduleId);
    if (!schedule) return false;
    const outbox = createOutbox();
    await tickLockedSchedule(tx, schedule, await readClock(tx), outbox);
    await publish(tx, outbox);
    return true;
  });
}

/** The same for a schedule that is locked; one that does not tick stays as it is. The caller publishes. */
export async function tickLockedSchedule(
  tx: Transaction,
  schedule: StoredSchedule,
  nowMs: number,
  outbox: Outbox,
): Promise<void> {
  const { id, environment, definition, nextSlotMs } = schedule;
  if (nextSlotMs === null) return;
  const due = listDueSlots(definition, { firstMs: nextSlotMs, nowMs, limit: MAX_DUE_SLOTS });
  const queued = await listQueuedSlots(tx, id);
  const liveRun = await findLiveRun(tx, id);
  const facts = { policy: definition, due, queued, hasLiveRun: liveRun !== undefined };
  const { slots, cancelsLiveRun } = decideTick(facts, nowMs);
  if (liveRun && cancelsLiveRun) await cancelReplaced(tx, schedule, liveRun.id, outbox);
  const written: NewSlot[] = [];
  for (const slot of slots) written.push(await applyDecision(tx, schedule, slot, outbox));
  await writeSlots(tx, id, written);
  await notifyMissedSlots(tx, schedule, written, outbox);
  await auditSlots(tx, schedule, written);
  if (due.slots.length > 0) await moveOn(tx, schedule, nowMs);
  if (written.length > 0) outbox.events.push({ kind: 'schedule.changed', environment });
}

async function moveOn(tx: Transaction, { id, definition }: StoredSchedule, nowMs: number): Promise<void> {
  const [next] = listNextSlots(definition, nowMs, 1);
  if (next === undefined) throw new Error(`schedule ${id} has no next slot, though its cron was checked`);
  await setNextSlot(tx, id, next);
}

function cancelReplaced(tx: Transaction, { name }: StoredSchedule, runId: string, outbox: Outbox): Promise<void> {
  const reason = `Replaced by the next slot of schedule ${name}.`;
  return cancelInTransaction(tx, { runId, actor: 'policy', requestedBy: describePlanner(name), reason }, outbox);
}

async function applyDecision(
  tx: Transaction,
  schedule: StoredSchedule,
  slot: SlotDecision,
  outbox: Outbox,
): Promise<NewSlot> {
  if (slot.outcome !== 'planned') return { ...slot, runId: null };
  try {
    return { ...slot, runId: await planSlot(tx, schedule, slot.slotAtMs, outbox) };
  } catch (thrown) {
    // Nothing was written yet. Without an outcome this slot would come up again and again, and hold up all after it.
    const reason = thrown instanceof TowpathError ? toSlotReason(thrown.code) : undefined;
    if (reason === undefined) throw thrown;
    return { ...slot, outcome: 'missed', reason, runId: null };
  }
}

function toSlotReason(code: string): SlotReason | undefined {
  const reasons: readonly SlotReason[] = ['PIPELINE_UNKNOWN', 'PARAMETERS_INVALID'];
  return reasons.find((reason) => reason === code && SLOT_REASONS[reason]);
}

function planSlot(tx: Transaction, schedule: StoredSchedule, slotAtMs: number, outbox: Outbox): Promise<string> {
  const { id, environment, codeLocation, pipeline, name, definition } = schedule;
  const request = {
    environment,
    codeLocation,
    pipeline,
    trigger: 'schedule',
    scheduleId: id,
    createdBy: describePlanner(name),
    parameters: definition.parameters,
    logical: { at: new Date(slotAtMs).toISOString(), date: formatLocalDay(slotAtMs, definition.timeZone) },
  } as const;
  return planRun(tx, request, outbox);
}

function describePlanner(name: string): string {
  return `schedule ${name}`;
}
