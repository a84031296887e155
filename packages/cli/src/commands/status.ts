import { resolve } from 'node:path';
import { ListEnvironments } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findInstance, findMock, findStateFolder, STATE_FOLDER } from '../instance/instance-record.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath status`: what runs here, in a few lines. */
export const registerStatus: RegisterCommand = (program, context) => {
  const command = program.command('status').description('Show what is running for this folder.');
  addConnectionOptions(command).action(async (options: ConnectionOptions) => {
    const state = resolve(context.cwd, options.state ?? findStateFolder(context.cwd) ?? STATE_FOLDER);
    const instance = findInstance(state);
    const mock = findMock(state);
    if (!instance && mock) return context.out(`mock source ${mock.host}:${mock.port}, alone\n`);
    if (!instance) return context.out('Nothing is running for this folder. Start it: npx towpath dev\n');
    const { environments } = await connect({ ...context, env: {} }, { state }).call(ListEnvironments);
    context.out(`console     ${instance.url}   (npx towpath console prints a link that opens it)\n`);
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
