import { type Client, GetRun, type RunDetail, StartRun } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getOnlyEnvironment } from '../connection/find-run.ts';
import { watchRun } from '../connection/watch-run.ts';
import { formatRunOutcome, formatTaskLine } from '../rendering/run-progress.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** Exit code of a command whose wait was interrupted (128 + SIGINT), as shells do. */
const EXIT_INTERRUPTED = 130;

/** `towpath run`: starts a run, shows its progress; the exit code follows the run. */
export const registerRun: RegisterCommand = (program, context, exitWith) => {
  const command = program
    .command('run')
    .description('Run a pipeline and wait for its end. Exit code: 0 succeeded, 1 failed, 2 cancelled.')
    .argument('<pipeline>', 'its name; `towpath pipelines` lists them')
    .option('--environment <name>', 'where to run it (default: the only environment there is)')
    .option('--no-wait', 'print the run and return at once')
    .option('--json', 'print the run as JSON at its end')
    .addHelpText('after', '\nExample:\n  towpath run sqlserver-bronze');
  addConnectionOptions(command).action(async (pipeline: string, options: Options) => {
    const client = connect(context, options);
    const environment = options.environment ?? (await getOnlyEnvironment(client));
    const started = await client.call(StartRun, { body: { pipeline, environment } });
    const say = options.json ? () => {} : context.out;
    say(`${started.name} started (${started.id})\n`);
    const run = options.wait ? await followRun(client, started.id, say, context.signal) : undefined;
    const shown = run ?? (await client.call(GetRun, { params: { runId: started.id } }));
    if (options.json) context.out(`${JSON.stringify(shown, null, 2)}\n`);
    if (run) exitWith(exitCodeOf(run, context.signal.aborted));
    if (context.signal.aborted)
      context.err(`${started.name} goes on; watch it with: towpath logs -f ${started.number}\n`);
  });
};

async function followRun(
  client: Client,
  runId: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<RunDetail> {
  const shown = new Set<string>();
  const run = await watchRun(client, runId, signal, (current) => {
    for (const line of current.tasks.map((task) => formatTaskLine(task))) {
      if (line !== undefined && !shown.has(line)) say(line);
      if (line !== undefined) shown.add(line);
    }
  });
  if (!signal.aborted) say(formatRunOutcome(run));
  return run;
}

function exitCodeOf(run: RunDetail, isInterrupted: boolean): number {
  if (isInterrupted) return EXIT_INTERRUPTED;
  if (run.state === 'succeeded') return 0;
  return run.state === 'cancelled' ? 2 : 1;
}
