import { CancelRun, type Client, ListRuns, RunScheduleNow, type RunSummary, type ScheduleView } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { type ConnectionOptions, connect } from '../connection/connect.ts';
import { getScheduleByName, SCHEDULE_ARGUMENT } from '../connection/find-schedule.ts';
import { followStarted } from '../connection/follow-run.ts';
import { refuseMissingFile } from '../connection/refuse-missing-file.ts';
import type { CommandContext } from '../context.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
  readonly note?: string;
  readonly once?: string;
  readonly wait: boolean;
  readonly cancelWhenStopped?: boolean;
}

/** As of sysexits.h, and of attempts: it may work in a while. */
const EXIT_TRY_AGAIN = 75;

/** What passes by itself: another run ends, a server or its database comes back. */
const PASSING = new Set(['SCHEDULE_RUNNING', 'SERVER_UNREACHABLE', 'SERVER_CLOSING', 'DATABASE_UNAVAILABLE']);

/** `npx towpath schedules run-now`: a run as the schedule would start it; the exit code follows the run. */
export function registerRunScheduleNow(
  schedules: Command,
  context: CommandContext,
  exitWith: (code: number) => void,
): void {
  schedules
    .command('run-now')
    .description(
      'Run a pipeline with the parameters of its schedule and wait for its end. Exit code: 0 succeeded, 1 failed, 2 cancelled, 75 try again later (a run of it has not ended, the server is away).',
    )
    .argument('<schedule>', SCHEDULE_ARGUMENT)
    .option('--note <text>', 'why; kept with the run')
    .option(
      '--once <key>',
      'repeated with the same key, it follows the run of the first time instead of starting another',
    )
    .option('--cancel-when-stopped', 'cancel the run when this command is stopped by a signal')
    .option('--no-wait', 'print the run and return at once')
    .addHelpText('after', '\nExample:\n  npx towpath schedules run-now daily --note "after the fix"')
    .action(async (name: string, _: unknown, self: Command) => {
      const options = self.optsWithGlobals<Options>();
      try {
        exitWith(await runNow(context, name, options));
      } catch (thrown) {
        if (!(thrown instanceof TowpathError && PASSING.has(thrown.code))) throw thrown;
        context.err(`${thrown.code}: ${thrown.message} Try again later.\n`);
        exitWith(EXIT_TRY_AGAIN);
      }
    });
}

async function runNow(context: CommandContext, name: string, options: Options): Promise<number> {
  const client = connect(context, options);
  const schedule = await getScheduleByName({ client, context }, name, options);
  refuseMissingFile(context, schedule.environment);
  const started = (await findEarlier(client, schedule, options)) ?? (await start(client, schedule, options));
  const exitCode = await followStarted({ client, context }, started, options);
  if (options.cancelWhenStopped && context.signal.aborted)
    await client.call(CancelRun, {
      params: { runId: started.id },
      body: { reason: `towpath schedules run-now was stopped by ${String(context.signal.reason)}.` },
    });
  return exitCode;
}

function start(client: Client, { id: scheduleId }: ScheduleView, options: Options): Promise<RunSummary> {
  const note = formatNote(options);
  return client.call(RunScheduleNow, { params: { scheduleId }, body: note === undefined ? {} : { note } });
}

/** Runs of a pipeline that are looked through for a key: those of the last minutes, or of days where it runs rarely. */
const LOOKED_THROUGH = 200;

// The key stands in the note: that is kept with the run, and people see where it came from.
async function findEarlier(
  client: Client,
  { pipeline, environment }: ScheduleView,
  options: Options,
): Promise<RunSummary | undefined> {
  if (options.once === undefined) return undefined;
  const note = formatNote(options);
  const { runs } = await client.call(ListRuns, { query: { pipeline, environment, limit: LOOKED_THROUGH } });
  return runs.find((run) => run.note === note && run.trigger === 'manual');
}

function formatNote({ note, once }: Options): string | undefined {
  const parts = [note, once === undefined ? undefined : `once: ${once}`].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join('; ');
}
