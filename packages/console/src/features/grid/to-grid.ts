// Runs × tasks: which task came to what in which run, and how long each run took beside the others.
import type { RunDetail, RunSummary, TaskView } from '@towpath/api';
import { compareNaturally } from '../../format/compare-naturally.ts';
import { formatDuration, measureMs } from '../../format/format-duration.ts';
import { type AnyState, STATE_LOOKS } from '../../states/state-looks.ts';

/** A run as a column. */
export interface GridColumn {
  readonly run: RunSummary;
  /** Null before it started. */
  readonly tookMs: number | null;
  /** 0 to 1, of the longest run shown. */
  readonly share: number;
}

/** What a task came to in one run. */
export interface GridCell {
  readonly state: AnyState;
  /** Of the newest attempt that started; null when none did. */
  readonly executedMs: number | null;
}

export interface GridRow {
  readonly taskId: string;
  /** One a column; undefined where that run has no such task, or is not read yet. */
  readonly cells: readonly (GridCell | undefined)[];
}

/** Columns in the order of `runs`; what still runs ends at `nowMs`. */
export function toColumns(runs: readonly RunSummary[], nowMs: number): readonly GridColumn[] {
  const lengths = runs.map(({ startedAt, finishedAt }) => (startedAt ? measureMs(startedAt, finishedAt, nowMs) : null));
  const longest = lengths.reduce<number>((most, length) => Math.max(most, length ?? 0), 1);
  return runs.map((run, index) => {
    const tookMs = lengths[index] ?? null;
    return { run, tookMs, share: (tookMs ?? 0) / longest };
  });
}

/** A row for each task of any of the runs. `details` are in the order of the columns; undefined is not read yet. */
export function toRows(details: readonly (RunDetail | undefined)[], nowMs: number): readonly GridRow[] {
  const byId = details.map((run) => new Map(run?.tasks.map((task) => [task.id, task])));
  // The newest run's order first: what was added or removed since stands behind.
  const ids = new Set(details.toReversed().flatMap((run) => run?.tasks.map(({ id }) => id) ?? []));
  return orderFanOuts([...ids]).map((taskId) => ({
    taskId,
    cells: byId.map((tasks) => toCell(tasks.get(taskId), nowMs)),
  }));
}

function toCell(task: TaskView | undefined, nowMs: number): GridCell | undefined {
  if (!task) return undefined;
  const started = task.attempts.findLast(({ startedAt }) => startedAt);
  const isUncertain = task.state === 'running' && task.attempts.at(-1)?.state === 'uncertain';
  const executedMs = started?.startedAt ? measureMs(started.startedAt, started.finishedAt, nowMs) : null;
  return { state: isUncertain ? 'uncertain' : task.state, executedMs };
}

/** The author's order, where names that differ only in numbers (`t1`, `t2`, `t10`) stand together, by number. */
export function orderFanOuts(ids: readonly string[]): readonly string[] {
  const stems = Map.groupBy(ids, (id) => id.replaceAll(/\d+/g, '#'));
  return [...stems.values()].flatMap((group) => group.toSorted(compareNaturally));
}

/** A cell in words: `t10 in #41: failed, 1.3 s`. */
export function describeCell(taskId: string, runNumber: number, { state, executedMs }: GridCell): string {
  const length = executedMs === null ? '' : `, ${formatDuration(executedMs)}`;
  return `${taskId} in #${runNumber}: ${STATE_LOOKS[state].word.toLowerCase()}${length}`;
}

/** Tasks read at once: three runs of 5,000, which is some megabytes, or twenty-five of an ordinary pipeline. */
const MOST_TASKS = 15_000;

/** The newest runs (newest first) that are read together without keeping anybody waiting; at least one. */
export function pickColumns(runs: readonly RunSummary[]): readonly RunSummary[] {
  let total = 0;
  return runs.filter(({ taskCounts }, index) => {
    total += Object.values(taskCounts).reduce((sum, count) => sum + count, 0);
    return index === 0 || total <= MOST_TASKS;
  });
}
