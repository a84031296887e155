import { RerunRun, type RunDetail } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getRunByName } from '../connection/find-run.ts';
import { followStarted } from '../connection/follow-run.ts';
import { refuseMissingFile } from '../connection/refuse-missing-file.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import { suggestName } from '../connection/suggest-name.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly fromFailed?: boolean;
  readonly tasks?: readonly string[];
  readonly note?: string;
  readonly environment?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** `npx towpath rerun`: repeats an ended run with its own graph; follows it like `npx towpath run`. */
export const registerRerun: RegisterCommand = (program, context, exitWith) => {
  const command = program
    .command('rerun')
    .description('Repeat an ended run with the graph it had, and wait for its end. Exit code as of `npx towpath run`.')
    .argument('<run>', 'number or id; `npx towpath runs` lists both')
    .option('--from-failed', 'keep what succeeded, run the rest')
    .option('--tasks <ids>', 'these tasks (a,b) with all behind them, and what did not succeed', splitIds)
    .option('--note <text>', 'why; kept with the run')
    .option('--environment <name>', `environment of the run number (${ONE_ENVIRONMENT})`)
    .option('--no-wait', 'print the run and return at once')
    .option('--json', 'print the run as JSON at its end')
    .addHelpText('after', '\nExample:\n  npx towpath rerun 41 --from-failed');
  addConnectionOptions(command).action(async (name: string, options: Options) => {
    const { fromFailed, tasks, note } = options;
    if (fromFailed && tasks) throw bothGiven();
    const client = connect(context, options);
    const original = await getRunByName({ client, context }, name, options);
    refuseMissingFile(context, original.environment);
    for (const id of tasks ?? []) checkTask(original, id);
    const from = tasks ? 'tasks' : fromFailed ? 'failed' : 'start';
    const body = { from, ...(tasks && { tasks: [...tasks] }), note } as const;
    const started = await client.call(RerunRun, { params: { runId: original.id }, body });
    exitWith(await followStarted({ client, context }, started, options));
  });
};

function splitIds(text: string): readonly string[] {
  return text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

function checkTask(run: RunDetail, taskId: string): void {
  const known = run.tasks.map(({ id }) => id);
  if (known.includes(taskId)) return;
  throw new TowpathError({
    code: 'TASK_UNKNOWN',
    message: `${run.name} has no task ${JSON.stringify(taskId)}.`,
    fix: suggestName(taskId, known),
  });
}

function bothGiven(): TowpathError {
  return new TowpathError({
    code: 'OPTION_INVALID',
    message: '--from-failed and --tasks can not be combined.',
    cause: 'Named tasks are repeated together with what did not succeed.',
    fix: 'Leave --from-failed out.',
  });
}
