// A run in words: what happened, is the data complete, what to do.
import type { AttemptView, RunDetail, TaskView } from '@towpath/api';
import { EXIT_CONFIGURATION, isTerminalRunState } from '@towpath/core';
import { formatCount, formatNumber } from '../../format/format-count.ts';
import { readTaskTable, sumRows } from './read-result.ts';

/** The headline: `Failed: ingest-dbo-orders exited with 1; 2 of 3 tasks succeeded`. */
export function describeRun(run: RunDetail): string {
  const done = `${countSucceeded(run)} of ${formatCount(run.tasks.length, 'task')} succeeded`;
  switch (run.state) {
    case 'queued':
      return run.isCancelRequested ? 'Cancelling: it had not begun' : 'Queued: no agent has claimed a task of it yet';
    case 'running':
      return `${describeActivity(run)}; ${failedSoFar(run)}${done}`;
    case 'succeeded':
      return describeSuccess(run);
    case 'failed':
      return `Failed: ${describeFailure(run)}; ${done}`;
    case 'cancelled':
      return `Cancelled: ${done} before`;
  }
}

/** A clean-up that was not needed is no lack: the run succeeded, and says what it left out. */
function describeSuccess(run: RunDetail): string {
  const skippedCount = run.tasks.filter(({ state }) => state === 'skipped').length;
  const succeeded = countSucceeded(run);
  if (skippedCount > 0) return `Succeeded: ${formatCount(succeeded, 'task')}; ${formatNumber(skippedCount)} not needed`;
  if (succeeded < run.tasks.length)
    return `Succeeded: ${succeeded} of ${formatCount(run.tasks.length, 'task')} succeeded`;
  return run.tasks.length === 1 ? 'Succeeded: its one task' : `Succeeded: all ${formatCount(run.tasks.length, 'task')}`;
}

function countSucceeded(run: RunDetail): number {
  return run.tasks.filter(({ state }) => state === 'succeeded').length;
}

function failedSoFar(run: RunDetail): string {
  const failedCount = listFailed(run).length;
  return failedCount > 0 ? `${failedCount} failed, ` : '';
}

function describeActivity(run: RunDetail): string {
  const lost = run.tasks.find(isUncertain);
  if (lost) return `Uncertain: the agent of ${lost.id} is silent, its process may still run`;
  const word = run.isCancelRequested ? 'Cancelling' : 'Running';
  const running = run.tasks.filter(({ state }) => state === 'running');
  const [only] = running;
  if (only && running.length === 1) return `${word}: ${only.id}`;
  return running.length > 1 ? `${word}: ${running.length} tasks at once` : `${word}: waiting for an agent or a retry`;
}

/** True when the agent that holds a task's newest attempt is silent. */
export function isUncertain(task: TaskView): boolean {
  return task.state === 'running' && task.attempts.at(-1)?.state === 'uncertain';
}

function listFailed(run: RunDetail): readonly TaskView[] {
  return run.tasks.filter(({ state }) => state === 'failed' || state === 'errored');
}

/** What failed first and how, and how much else: `load exited with 1 and 2 other tasks failed`. */
export function describeFailure(run: RunDetail): string {
  const failed = listFailed(run);
  const [first] = failed;
  if (!first) return 'a task did not succeed';
  const more = failed.length > 1 ? ` and ${formatCount(failed.length - 1, 'other task')} failed` : '';
  return `${first.id} ${describeEnd(first.attempts.at(-1))}${more}`;
}

/** How an attempt ended, as the end of a sentence: `exited with 1`, `ran into its time limit`. */
function describeEnd(attempt: AttemptView | undefined): string {
  if (!attempt) return 'never started';
  const sentence = attempt.reasonCode ? REASON_SENTENCES.get(attempt.reasonCode) : undefined;
  if (sentence) return sentence;
  if (attempt.exitCode !== null && attempt.exitCode !== 0) return `exited with ${attempt.exitCode}`;
  return attempt.reasonCode ? `ended as ${attempt.reasonCode}` : attempt.state;
}

const REASON_SENTENCES: ReadonlyMap<string, string> = new Map([
  ['TIMED_OUT', 'ran into its time limit'],
  ['SHIM_LOST', 'was lost with the process that watched it'],
  ['START_FAILED', 'could not be started'],
  ['RESULT_INVALID', 'wrote a result that is not valid'],
  ['AGENT_LOST', 'was lost: its agent stayed silent'],
  ['GIVEN_UP', 'was given up while its agent was silent'],
  ['HOST_RESTARTED', 'was lost when its host restarted'],
]);

/** Whether the data is complete, as far as result documents tell. */
export function describeData(run: RunDetail): string {
  const { tableCount, rowsRead, rowsLoaded, rowsQuarantined } = sumRows(run);
  if (tableCount === 0) return describeNoRows(run);
  const loaded = `${formatCount(rowsLoaded, 'row')} loaded into ${formatCount(tableCount, 'table')}`;
  const quarantined = rowsQuarantined > 0 ? `, ${formatNumber(rowsQuarantined)} quarantined` : ', none quarantined';
  const lost = rowsRead - rowsLoaded - rowsQuarantined;
  const gap =
    lost === 0
      ? ''
      : ` ${formatNumber(Math.abs(lost))} rows ${lost > 0 ? 'read but not accounted for' : 'more than were read'}.`;
  return `${prefixData(run)}${loaded}${quarantined}.${gap}`;
}

function describeNoRows(run: RunDetail): string {
  if (run.state === 'succeeded') return 'No task reported rows.';
  return isTerminalRunState(run.state) ? 'No rows reported by this run.' : 'No rows reported by this run yet.';
}

/** Names of tasks told before the rest is counted. */
const MOST_NAMES = 3;

/** What was read and kept out of the tables, and by which tasks; undefined when nothing was. */
export function describeQuarantine(run: RunDetail): string | undefined {
  const tables = run.tasks.map((task) => ({ id: task.id, count: countQuarantined(task) })).filter(({ count }) => count);
  if (tables.length === 0) return undefined;
  const total = tables.reduce((sum, { count }) => sum + count, 0);
  const named = tables.slice(0, MOST_NAMES).map(({ id, count }) => `${id} ${formatNumber(count)}`);
  const rest = tables.length > MOST_NAMES ? ` and ${formatCount(tables.length - MOST_NAMES, 'other task')}` : '';
  return `${formatCount(total, 'row')} quarantined: ${named.join(', ')}${rest}. Read, but not loaded.`;
}

/** Rows a task's newest attempt read and kept out of its table. */
export function countQuarantined(task: TaskView): number {
  return readTaskTable(task)?.rowsQuarantined ?? 0;
}

function prefixData(run: RunDetail): string {
  if (run.state === 'succeeded') return 'Data complete: ';
  return isTerminalRunState(run.state) ? 'Data incomplete: ' : 'So far ';
}

/** What to do next; undefined when nothing needs a person. */
export function describeNextStep(run: RunDetail): string | undefined {
  if (run.tasks.some(isUncertain))
    return 'Start the silent agent again: it adopts what still runs. Or give the attempt up.';
  if (run.state === 'cancelled') return 'Run it again to bring the data up to date.';
  const [first] = listFailed(run);
  if (!first) return undefined;
  if (!isTerminalRunState(run.state)) return `Read the log of ${first.id} for the cause while the rest goes on.`;
  const isConfiguration = first.attempts.at(-1)?.exitCode === EXIT_CONFIGURATION;
  return isConfiguration
    ? `Exit code ${EXIT_CONFIGURATION} says the configuration is wrong: read the log of ${first.id}, correct it, run again.`
    : `Read the log of ${first.id} for the cause, then run again.`;
}

/** The task that is open when the URL names none: what failed, else what runs, else the first. */
export function pickTask(run: RunDetail, wanted: string | undefined): TaskView | undefined {
  return (
    run.tasks.find(({ id }) => id === wanted) ??
    listFailed(run)[0] ??
    run.tasks.find(({ state }) => state === 'running') ??
    run.tasks[0]
  );
}
