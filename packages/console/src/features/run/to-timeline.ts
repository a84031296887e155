// Attempts on a time axis: queue, start and execution apart.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';

/** One attempt in ms since the run was created. */
export interface TimelineBar {
  readonly attempt: AttemptView;
  readonly queuedMs: number;
  readonly grantedMs: number;
  /** Equal to `endedMs` when it never reported a start. */
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface TimelineRow {
  readonly task: TaskView;
  readonly bars: readonly TimelineBar[];
}

export interface Timeline {
  readonly lengthMs: number;
  readonly rows: readonly TimelineRow[];
}

/** Lays out the attempts of a run, tasks in the author's order; what has not ended ends at `nowMs`. */
export function toTimeline(run: RunDetail, nowMs: number): Timeline {
  const zeroMs = Date.parse(run.createdAt);
  const endMs = run.finishedAt ? Date.parse(run.finishedAt) : nowMs;
  const tasks = new Map(run.tasks.map((task) => [task.id, task]));
  const rows = run.tasks.map((task) => ({ task, bars: layOutTask(task, tasks, { zeroMs, endMs }) }));
  const ends = rows.flatMap(({ bars }) => bars.map(({ endedMs }) => endedMs));
  // Never zero: a width is divided by it.
  return { lengthMs: ends.reduce((latest, end) => Math.max(latest, end), Math.max(1, endMs - zeroMs)), rows };
}

interface Span {
  readonly zeroMs: number;
  readonly endMs: number;
}

function layOutTask(task: TaskView, tasks: ReadonlyMap<string, TaskView>, { zeroMs, endMs }: Span): TimelineBar[] {
  let queuedMs = readyMs(task, tasks, zeroMs);
  return task.attempts.map((attempt) => {
    const grantedMs = Date.parse(attempt.grantedAt) - zeroMs;
    const endedMs = Math.max(grantedMs, (attempt.finishedAt ? Date.parse(attempt.finishedAt) : endMs) - zeroMs);
    const startedMs = attempt.startedAt ? Date.parse(attempt.startedAt) - zeroMs : endedMs;
    const bar = { attempt, queuedMs: Math.min(queuedMs, grantedMs), grantedMs, startedMs, endedMs };
    queuedMs = endedMs;
    return bar;
  });
}

/** A task could be claimed from the moment its last upstream ended, or the run was created. */
function readyMs(task: TaskView, tasks: ReadonlyMap<string, TaskView>, zeroMs: number): number {
  const ends = task.dependsOn
    .map((id) => tasks.get(id)?.attempts.at(-1)?.finishedAt)
    .filter((end) => typeof end === 'string')
    .map((end) => Date.parse(end) - zeroMs);
  return ends.reduce((latest, end) => Math.max(latest, end), 0);
}
