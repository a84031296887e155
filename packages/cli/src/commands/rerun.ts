import { RerunRun } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getRunByName } from '../connection/find-run.ts';
import { followStarted } from '../connection/follow-run.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly fromFailed?: boolean;
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
    .option('--environment <name>', 'environment of the run number')
    .option('--no-wait', 'print the run and return at once')
    .option('--json', 'print the run as JSON at its end')
    .addHelpText('after', '\nExample:\n  npx towpath rerun 41 --from-failed');
  addConnectionOptions(command).action(async (name: string, options: Options) => {
    const client = connect(context, options);
    const original = await getRunByName(client, name, options.environment);
    const from = options.fromFailed ? 'failed' : 'start';
    const started = await client.call(RerunRun, { params: { runId: original.id }, body: { from } });
    exitWith(await followStarted({ client, context }, started, options));
  });
};
