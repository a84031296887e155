// What a tick decided, for the audit: each run that it planned, and why other slots have none. What is queued is decided later;
// a run that is replaced is entered where it is cancelled.
import { SLOT_REASONS, type SlotReason } from '@towpath/core';
import { runSubject, scheduleSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import type { Transaction } from '../../db/database.ts';
import { getRun } from '../../runs/get-run.ts';
import type { NewSlot } from '../operations/write-slots.ts';
import type { StoredSchedule } from '../stored-schedule.ts';

/** After an absence a thousand slots are missed at once; the schedule's own list has them all. */
const MAX_LISTED_SLOTS = 20;

/** Writes the entries of a tick, in its transaction: one for a run, and one for all slots with the same outcome and reason. */
export async function auditSlots(tx: Transaction, schedule: StoredSchedule, slots: readonly NewSlot[]): Promise<void> {
  for (const { runId, slotAtMs } of slots) if (runId !== null) await auditRun(tx, schedule, { runId, slotAtMs });
  const withoutRun = slots.filter(({ reason }) => reason !== null);
  for (const alike of Map.groupBy(withoutRun, ({ outcome, reason }) => `${outcome} ${reason}`).values()) {
    await auditWithoutRun(tx, schedule, alike);
  }
}

async function auditRun(
  tx: Transaction,
  schedule: StoredSchedule,
  { runId, slotAtMs }: { readonly runId: string; readonly slotAtMs: number },
): Promise<void> {
  const run = await getRun(tx, { runId });
  await writeAudit(tx, {
    actor: toActor(schedule),
    action: 'run.started',
    subject: runSubject(run),
    environment: run.environment,
    details: {
      pipeline: run.pipeline,
      graphHash: run.graphHash,
      parameters: limitDetail(run.parameters),
      scheduleId: schedule.id,
      slotAt: toInstant(slotAtMs),
    },
  });
}

async function auditWithoutRun(tx: Transaction, schedule: StoredSchedule, slots: readonly NewSlot[]): Promise<void> {
  const [first] = slots;
  if (!first?.reason) return;
  await writeAudit(tx, {
    actor: toActor(schedule),
    action: first.outcome === 'skipped' ? 'schedule.slots-skipped' : 'schedule.slots-missed',
    subject: scheduleSubject(schedule),
    environment: schedule.environment,
    why: explain(first.reason),
    details: { reasonCode: first.reason, count: slots.length, slots: slots.slice(0, MAX_LISTED_SLOTS).map(toSlot) },
  });
}

function explain(reason: SlotReason): string {
  return SLOT_REASONS[reason];
}

/** `until` stands for all slots from the first to it. */
function toSlot({ slotAtMs, untilAtMs }: NewSlot) {
  return untilAtMs === null ? { at: toInstant(slotAtMs) } : { at: toInstant(slotAtMs), until: toInstant(untilAtMs) };
}

function toActor({ name }: StoredSchedule) {
  return { kind: 'policy', name: `schedule ${name}` } as const;
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}
