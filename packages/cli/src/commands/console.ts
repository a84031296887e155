import { CreateConsoleLink } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect, getInstance } from '../connection/connect.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath console`: a new one-time link that opens the console. */
export const registerConsole: RegisterCommand = (program, context) => {
  const command = program
    .command('console')
    .description('Print a new one-time link that opens the console.')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: ConnectionOptions & { readonly json?: boolean }) => {
    const baseUrl = context.env.TOWPATH_SERVER ?? getInstance(context, options).url;
    const { link, expiresAt } = await connect(context, options).call(CreateConsoleLink);
    const url = `${baseUrl}/open#${link}`;
    context.out(options.json ? `${JSON.stringify({ url, expiresAt }, null, 2)}\n` : `${url}\n`);
  });
};
