// Waiting for a run in a terminal: its progress line by line, its outcome, and the exit code that follows from it.
import { type Client, GetRun, type RunDetail, type RunSummary, type TaskView } from '@towpath/api';
import { formatLogError, formatRunOutcome, formatTaskLine } from '../rendering/run-progress.ts';
import type { Asking } from './find-run.ts';
import { nameRun } from './name-run.ts';
import { readLog } from './read-log.ts';
import { watchRun } from './watch-run.ts';

/** Exit code of a command whose wait was interrupted (128 + SIGINT), as shells do. */
const EXIT_INTERRUPTED = 130;

/** How to follow. */
export interface FollowOptions {
  /** False: only print that it started. */
  readonly wait: boolean;
  /** Print the run as JSON at its end instead of its progress. */
  readonly json?: boolean;
}

/** Follows a run that was just started; returns the exit code: 0 succeeded or not waited for, 1 failed, 2 cancelled. */
export async function followStarted(asking: Asking, started: RunSummary, options: FollowOptions): Promise<number> {
  const { client, context } = asking;
  const say = options.json ? () => {} : context.out;
  const origin = started.rerunOf ? `, repeats #${started.rerunOf.number}` : '';
  say(`${started.name} started (${started.id})${origin}\n`);
  const run = options.wait ? await followRun(asking, started.id, say) : undefined;
  const shown = run ?? (await client.call(GetRun, { params: { runId: started.id } }));
  if (options.json) context.out(`${JSON.stringify(shown, null, 2)}\n`);
  if (context.signal.aborted) {
    context.err(`${started.name} goes on; watch it with: npx towpath logs -f ${await nameRun(asking, started)}\n`);
  }
  return run ? exitCodeOf(run, context.signal.aborted) : 0;
}

async function followRun(asking: Asking, runId: string, say: (text: string) => void): Promise<RunDetail> {
  const { client } = asking;
  const { signal } = asking.context;
  const shown = new Set<string>();
  const run = await watchRun(client, runId, signal, (current) => {
    for (const line of current.tasks.map((task) => formatTaskLine(task))) {
      if (line !== undefined && !shown.has(line)) say(line);
      if (line !== undefined) shown.add(line);
    }
  });
  if (signal.aborted) return run;
  for (const task of run.tasks)
    if (task.state === 'failed' || task.state === 'errored') say(await explainEnd(client, task));
  say(formatRunOutcome(run, await nameRun(asking, run)));
  return run;
}

// The log's last error says more than an exit code; without one, the line of the task has said what there is to say.
async function explainEnd(client: Client, task: TaskView): Promise<string> {
  const attempt = task.attempts.at(-1);
  if (!attempt) return '';
  const tail: Uint8Array[] = [];
  await readLog(client, attempt.id, (bytes) => tail.push(bytes), Math.max(0, attempt.logLengthBytes - LOG_TAIL_BYTES));
  const error = formatLogError(Buffer.concat(tail).toString('utf8'));
  return error === undefined ? '' : `    ${task.id}\n${error}`;
}

/** An error stands at the end of a log. */
const LOG_TAIL_BYTES = 16_384;

function exitCodeOf(run: RunDetail, isInterrupted: boolean): number {
  if (isInterrupted) return EXIT_INTERRUPTED;
  if (run.state === 'succeeded') return 0;
  return run.state === 'cancelled' ? 2 : 1;
}
