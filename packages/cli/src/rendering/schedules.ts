// Schedules as text: when next, in the zone of the schedule and in that of the reader, and what became of the last slots.
import type { ScheduleView, SlotView } from '@towpath/api';
import { toPrintable } from '@towpath/core';
import { formatScheduleName } from '../connection/find-schedule.ts';
import { formatLocalTime } from './local-time.ts';
import { formatTable } from './table.ts';

/** One line each; `here` is the reader's zone. */
export function formatSchedules(schedules: readonly ScheduleView[], here: string): string {
  const rows = schedules.map((schedule) => [
    formatScheduleName(schedule),
    schedule.environment,
    schedule.cron,
    schedule.timeZone,
    formatNext(schedule, schedule.timeZone),
    formatNext(schedule, here),
    describeState(schedule),
    describeLast(schedule.lastSlots[0]),
  ]);
  const header = ['SCHEDULE', 'ENVIRONMENT', 'CRON', 'TIME ZONE', 'NEXT', `NEXT (${here})`, 'STATE', 'LAST SLOT'];
  return formatTable(header, rows);
}

/** All of one schedule. */
export function formatSchedule(schedule: ScheduleView, here: string): string {
  const { timeZone, paused, nextSlots, lastSlots } = schedule;
  const next = nextSlots.map((slot) => [formatLocalTime(slot, timeZone), formatLocalTime(slot, here)]);
  const title = paused ? 'Next slots, were it not paused' : 'Next slots';
  const last = lastSlots.map((slot) => formatSlot(slot, timeZone));
  const slots =
    last.length === 0
      ? 'No slot has come yet. Do not want to wait? ' +
        `npx towpath schedules run-now ${formatScheduleName(schedule)}\n`
      : formatTable(['SLOT', 'OUTCOME', 'RUN', 'REASON'], last);
  return `${formatFacts(schedule)}\n${title}\n${formatTable([timeZone, here], next)}\nLast slots\n${slots}`;
}

/** What a person did last, as a sentence with what to type next. */
export function describePause(schedule: ScheduleView): string {
  const name = formatScheduleName(schedule);
  if (schedule.paused) {
    const live = schedule.liveRun ? ` Its run #${schedule.liveRun.number} goes on.` : '';
    return `${name} is paused; nothing starts by itself.${live} Go on: npx towpath schedules resume ${name}\n`;
  }
  const [next] = schedule.nextSlots;
  return `${name} ticks${next ? `; next: ${formatLocalTime(next, schedule.timeZone)} ${schedule.timeZone}` : ''}.\n`;
}

function formatFacts(schedule: ScheduleView): string {
  const { overlap, catchUp, maxCatchUp, startDeadlineSeconds, parameters, queuedSlots } = schedule;
  const facts: [string, string][] = [
    ['schedule', `${formatScheduleName(schedule)} in ${schedule.environment} (${schedule.codeLocation})`],
    ['cron', `${schedule.cron}  ${schedule.timeZone}`],
    ['overlap', overlap],
    ['catch-up', catchUp === 'all' ? `all, at most ${maxCatchUp}` : catchUp],
    ['start deadline', startDeadlineSeconds === null ? 'none' : `${startDeadlineSeconds} s`],
    ['parameters', Object.keys(parameters).length === 0 ? 'none' : JSON.stringify(parameters)],
    ['state', describeState(schedule)],
    ...(queuedSlots > 0 ? [['waiting', `${queuedSlots} slots`] satisfies [string, string]] : []),
  ];
  return facts.map(([title, text]) => `${title.padEnd(15)}${toPrintable(text)}\n`).join('');
}

function formatNext({ nextSlots: [next], paused }: ScheduleView, timeZone: string): string {
  return next === undefined || paused ? '-' : formatLocalTime(next, timeZone);
}

function describeState({ paused, liveRun }: ScheduleView): string {
  const running = liveRun && `running #${liveRun.number}`;
  const pause = paused && `paused by ${paused.by}${paused.note === null ? '' : `: ${paused.note}`}`;
  return [pause, running].filter(Boolean).join(', ') || 'waiting';
}

function describeLast(slot: SlotView | undefined): string {
  if (!slot) return 'none yet';
  return slot.run ? `#${slot.run.number} ${slot.run.state}` : slot.outcome;
}

function formatSlot({ slotAt, untilAt, outcome, run, reason }: SlotView, timeZone: string): string[] {
  const until = untilAt === null ? '' : ` to ${formatLocalTime(untilAt, timeZone)}`;
  return [
    formatLocalTime(slotAt, timeZone) + until,
    outcome,
    run ? `#${run.number} ${run.state}` : '-',
    reason === null ? '' : reason,
  ];
}
