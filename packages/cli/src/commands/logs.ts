import type { AttemptView, Client, RunDetail } from '@towpath/api';
import { isTerminalRunState, TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getRunByName } from '../connection/find-run.ts';
import { followLog, readLog } from '../connection/read-log.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import { suggestName } from '../connection/suggest-name.ts';
import { watchRun } from '../connection/watch-run.ts';
import { createLinePrinter } from '../rendering/line-printer.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly follow?: boolean;
  readonly task?: string;
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath logs`: what the attempts of a run wrote. With one task the bytes are printed untouched, except to a terminal. */
export const registerLogs: RegisterCommand = (program, context) => {
  const command = program
    .command('logs')
    .description("Print the logs of a run's attempts.")
    .argument('[run]', 'number or id (default: the newest run)')
    .option('-f, --follow', 'go on until the run ends')
    .option('--task <id>', 'only this task, its bytes untouched; a terminal gets text and colours')
    .option('--environment <name>', `environment of the run number (${ONE_ENVIRONMENT})`)
    .option('--json', 'print one JSON document per attempt and line, with its log as text; not with --follow')
    .addHelpText('after', '\nExample:\n  npx towpath logs -f 41 --task ingest-dbo-products');
  addConnectionOptions(command).action(async (name: string | undefined, options: Options) => {
    const client = connect(context, options);
    const run = await getRunByName({ client, context }, name, options);
    checkTask(run, options.task);
    if (options.json) return await printJson(client, run, options, context.out);
    const printed = new Map<string, Promise<void>>();
    const print = (attempt: AttemptView): Promise<void> => {
      const write = options.task === undefined ? createLinePrinter(attempt.taskId, context.out) : context.out;
      return options.follow ? followLog(client, attempt.id, context.signal, write) : readLog(client, attempt.id, write);
    };
    const startPrinting = (current: RunDetail): void => {
      for (const attempt of listAttempts(current, options.task)) {
        if (!printed.has(attempt.id)) printed.set(attempt.id, print(attempt));
      }
    };
    if (options.follow && !isTerminalRunState(run.state)) await watchRun(client, run.id, context.signal, startPrinting);
    else for (const attempt of listAttempts(run, options.task)) await print(attempt);
    await Promise.all(printed.values());
  });
};

async function printJson(
  client: Client,
  run: RunDetail,
  { task, follow }: Options,
  out: (text: string) => void,
): Promise<void> {
  if (follow) throw bothGiven();
  for (const attempt of listAttempts(run, task)) {
    const parts: Uint8Array[] = [];
    await readLog(client, attempt.id, (bytes) => parts.push(bytes));
    const { id, taskId, number, state } = attempt;
    const log = Buffer.concat(parts).toString('utf8');
    out(`${JSON.stringify({ attemptId: id, taskId, number, state, log })}\n`);
  }
}

function bothGiven(): TowpathError {
  return new TowpathError({
    code: 'OPTION_INVALID',
    message: '--json and --follow can not be combined.',
    fix: 'Leave one of them out.',
  });
}

function listAttempts(run: RunDetail, taskId: string | undefined): readonly AttemptView[] {
  return run.tasks.filter((task) => taskId === undefined || task.id === taskId).flatMap((task) => task.attempts);
}

function checkTask(run: RunDetail, taskId: string | undefined): void {
  if (taskId === undefined || run.tasks.some(({ id }) => id === taskId)) return;
  throw new TowpathError({
    code: 'TASK_MISSING',
    message: `${run.name} has no task ${JSON.stringify(taskId)}.`,
    fix:
      suggestName(
        taskId,
        run.tasks.map(({ id }) => id),
      ) ?? 'Leave --task out.',
  });
}
