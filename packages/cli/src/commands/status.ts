import { ListEnvironments } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect, getInstance } from '../connection/connect.ts';
import type { RegisterCommand } from './register-command.ts';

/** `towpath status`: what runs here, in a few lines. */
export const registerStatus: RegisterCommand = (program, context) => {
  const command = program.command('status').description('Show what is running for this folder.');
  addConnectionOptions(command).action(async (options: ConnectionOptions) => {
    const instance = getInstance(context, options);
    const { environments } = await connect(context, options).call(ListEnvironments);
    context.out(`console     ${instance.url}   (towpath console prints a link that opens it)\n`);
    context.out(
      `warehouse   ${instance.warehouse.host}:${instance.warehouse.port} database ${instance.warehouse.database}\n`,
    );
    context.out(`mock source ${instance.mock.host}:${instance.mock.port}\n`);
    for (const { name, agents } of environments) {
      const live = agents.filter(({ isLive }) => isLive).map((agent) => agent.name);
      context.out(`environment ${name}: ${live.length > 0 ? `agent ${live.join(', ')}` : 'no live agent'}\n`);
    }
    context.out(`process     ${instance.process.pid}, in the ${instance.mode}\n`);
  });
};
