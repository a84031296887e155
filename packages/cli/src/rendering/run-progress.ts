// A run as a person follows it in a terminal.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import { toPrintable } from '@towpath/core';
import { z } from 'zod';
import { durationBetween } from './duration.ts';

/** What a datakit that loads rows reports; other result documents are printed as they are. */
const LoadResult = z.object({
  target: z.string(),
  rowsRead: z.number(),
  rowsLoaded: z.number(),
  rowsQuarantined: z.number().default(0),
});
export type LoadResult = z.infer<typeof LoadResult>;

const MARKS = {
  succeeded: '✓',
  failed: '✗',
  errored: '✗',
  cancelled: '■',
  upstream_failed: '–',
  skipped: '–',
  running: '▸',
};

/** One line for a task whose state is worth one; undefined while it waits. A changed line is a new line. */
export function formatTaskLine(task: TaskView): string | undefined {
  const attempt = task.attempts.at(-1);
  if (task.state === 'waiting') return undefined;
  if (task.state === 'ready') return attempt === undefined ? undefined : formatRetry(task, attempt);
  const number = attempt && attempt.number > 1 ? ` (attempt ${attempt.number})` : '';
  const detail = attempt && task.state !== 'running' ? `  ${describeEnd(attempt)}` : describeReuse(task);
  return `  ${MARKS[task.state]} ${task.id.padEnd(32)} ${task.state}${number}${detail}\n`;
}

/** The closing line of a run: its state, its duration, its rows. `name` is what a command calls it. */
export function formatRunOutcome(run: RunDetail, name: string): string {
  const loads = listLoadResults(run);
  const rows = loads.reduce((sum, { rowsLoaded }) => sum + rowsLoaded, 0);
  const tables =
    loads.length === 0 ? '' : `: ${rows} rows in ${loads.length} ${loads.length === 1 ? 'table' : 'tables'}`;
  const logs = run.state === 'failed' ? `\n  logs: npx towpath logs ${name}` : '';
  return `${run.name} ${run.state} in ${durationBetween(run.startedAt, run.finishedAt) || '0 ms'}${tables}${logs}\n`;
}

/** The result documents of a run's succeeded tasks that say what was loaded. */
export function listLoadResults(run: RunDetail): readonly LoadResult[] {
  return run.tasks.flatMap((task) => {
    const parsed = LoadResult.safeParse(task.attempts.findLast(({ state }) => state === 'succeeded')?.result);
    return parsed.success ? [parsed.data] : [];
  });
}

function describeReuse({ reusedFromAttemptId }: TaskView): string {
  return reusedFromAttemptId === null ? '' : '  before; not run again';
}

function formatRetry(task: TaskView, attempt: AttemptView): string {
  return `  ↻ ${task.id.padEnd(32)} attempt ${attempt.number} ${attempt.state}: ${describeEnd(attempt)}; it will be tried again\n`;
}

function describeEnd(attempt: AttemptView): string {
  const duration = durationBetween(attempt.startedAt ?? attempt.grantedAt, attempt.finishedAt);
  const load = LoadResult.safeParse(attempt.result);
  if (attempt.state === 'succeeded' && load.success)
    return `${load.data.rowsLoaded} rows → ${toPrintable(load.data.target)}  ${duration}`;
  const reason = attempt.reason ? toPrintable(attempt.reason) : (attempt.reasonCode ?? '');
  return [reason, duration].filter((part) => part !== '').join('  ');
}

/** The three lines of the last error in a log (`error CODE: …`, why, fix), indented; undefined when it holds none. */
export function formatLogError(log: string): string | undefined {
  const lines = log.split('\n').map(toPrintable);
  const at = lines.findLastIndex((line) => /^error [A-Z][A-Z0-9_]+: /.test(line));
  if (at < 0) return undefined;
  const details = lines.slice(at + 1, at + 3).filter((line) => /^ {2}(why|fix): /.test(line));
  return [lines[at] ?? '', ...details].map((line) => `      ${line.slice(0, MAX_ERROR_LINE)}\n`).join('');
}

/** A cause can be a whole PATH; the log has it in full. */
const MAX_ERROR_LINE = 400;
