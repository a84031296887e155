import { CancelRun, type RunSummary } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getRunByName } from '../connection/find-run.ts';
import { nameRun } from '../connection/name-run.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly reason?: string;
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath cancel`: asks for the end of a run. */
export const registerCancel: RegisterCommand = (program, context) => {
  const command = program
    .command('cancel')
    .description('Ask for the end of a run: what has not started is cancelled at once, what runs by its agent.')
    .argument('<run>', 'number or id; `npx towpath runs` lists both')
    .option('--reason <text>', 'why; kept with the run')
    .option('--environment <name>', `environment of the run number (${ONE_ENVIRONMENT})`)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath cancel 41 --reason "wrong table"');
  addConnectionOptions(command).action(async (name: string, options: Options) => {
    const client = connect(context, options);
    const before = await getRunByName({ client, context }, name, options);
    const body = options.reason === undefined ? {} : { reason: options.reason };
    const run = await client.call(CancelRun, { params: { runId: before.id }, body });
    if (options.json) context.out(`${JSON.stringify(run, null, 2)}\n`);
    else if (isTerminalRunState(before.state)) context.out(describeOver(run));
    else context.out(describeAsked(run, await nameRun({ client, context }, run)));
  });
};

function describeOver({ name, state }: RunSummary): string {
  return `${name} has ended before (${state}); nothing to cancel.\n`;
}

function describeAsked({ name, state, taskCounts }: RunSummary, called: string): string {
  if (isTerminalRunState(state)) return `${name} ended: ${state}.\n`;
  const running = taskCounts.running ?? 0;
  const what = running === 1 ? '1 task is' : `${running} tasks are`;
  return `${name}: ${what} still being ended by the agent. Watch it: npx towpath attempts ${called}\n`;
}
