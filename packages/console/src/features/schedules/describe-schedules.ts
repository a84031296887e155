// Schedules in words: what runs when next, and what a slot came to.
import type { ScheduleView, SlotView } from '@towpath/api';
import { CATCH_UP_POLICIES, OVERLAP_POLICIES, SLOT_OUTCOMES } from '@towpath/core';
import { formatCount } from '../../format/format-count.ts';
import { formatDuration } from '../../format/format-duration.ts';
import { formatMinute, formatRelative } from '../../format/format-instant.ts';
import type { AnyState } from '../../states/state-looks.ts';

/** The page's answer: `Next: nightly-shop in 2 h` and how many are paused. */
export function describeSchedules(schedules: readonly ScheduleView[], nowMs: number): string {
  const active = sortByNext(schedules).filter(({ paused }) => !paused);
  const [next] = active;
  const pausedCount = schedules.length - active.length;
  const paused = pausedCount === 0 ? '' : ` · ${pausedCount} of ${formatCount(schedules.length, 'schedule')} paused`;
  if (!next)
    return schedules.length === 0 ? 'Nothing runs by itself here' : 'Nothing runs by itself: every schedule is paused';
  const at = next.nextSlots[0];
  return at ? `Next: ${next.pipeline} ${formatRelative(at, nowMs)}${paused}` : `No slot ahead${paused}`;
}

/** What ticks next comes first; what is paused, last. */
export function sortByNext(schedules: readonly ScheduleView[]): readonly ScheduleView[] {
  const rank = ({ paused, nextSlots }: ScheduleView): string => `${paused ? 1 : 0}${nextSlots[0] ?? '9'}`;
  return schedules.toSorted((left, right) => (rank(left) < rank(right) ? -1 : 1));
}

/** A slot in the viewer's zone, and on the clock of the schedule's: `06:00`, with its weekday where that differs. */
export function formatSlot(
  slotAt: string,
  zones: { readonly viewer: string; readonly schedule: string },
): { readonly viewer: string; readonly schedule: string } {
  const viewer = formatMinute(slotAt, zones.viewer);
  const schedule = formatMinute(slotAt, zones.schedule);
  const weekday = viewer.slice(0, 3) === schedule.slice(0, 3) ? '' : `${schedule.slice(0, 3)} `;
  return { viewer, schedule: `${weekday}${schedule.slice(-5)}` };
}

/** What its author decided, as sentences. */
export function listPolicies({ overlap, catchUp, maxCatchUp, startDeadlineSeconds }: ScheduleView): readonly string[] {
  return [
    `When a slot comes while a run has not ended: ${OVERLAP_POLICIES[overlap]}`,
    `When slots pass while nobody ticks: ${CATCH_UP_POLICIES[catchUp].replace('`maxCatchUp`', String(maxCatchUp))}`,
    startDeadlineSeconds === null
      ? 'A slot may start however late.'
      : `A slot that can't start within ${formatDuration(startDeadlineSeconds * 1000)} is missed.`,
  ];
}

/** The shape a slot wears: that of its run, or of why it has none. */
export function stateOfSlot({ outcome, run }: SlotView): AnyState {
  if (run) return run.state;
  switch (outcome) {
    case 'queued':
      return 'queued';
    case 'planned':
      return 'ready';
    case 'skipped':
      return 'skipped';
    case 'missed':
      return 'uncertain';
  }
}

/** Why a slot has no run, or what is meant by its outcome. */
export function explainSlot({ outcome, reason }: SlotView): string {
  return reason ?? SLOT_OUTCOMES[outcome];
}
