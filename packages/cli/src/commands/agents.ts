import { type EnvironmentView, ListEnvironments } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath agents`: who runs attempts, and whether it is heard of. */
export const registerAgents: RegisterCommand = (program, context) => {
  const command = program
    .command('agents')
    .description('List agents with an open session: live or silent, where, and what they hold.')
    .option('--environment <name>', 'only those of this environment')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const environment = findNamedEnvironment(context, options);
    const { environments } = await connect(context, options).call(ListEnvironments);
    const shown = environments.filter(({ name }) => environment === undefined || name === environment);
    const agents = shown.flatMap(listAgents);
    context.out(options.json ? `${JSON.stringify({ agents }, null, 2)}\n` : formatAgents(agents, environment));
  });
};

type AgentRow = EnvironmentView['agents'][number] & { readonly environment: string };

function listAgents({ name: environment, agents }: EnvironmentView): AgentRow[] {
  return agents.map((agent) => ({ environment, ...agent }));
}

function formatAgents(agents: readonly AgentRow[], environment: string | undefined): string {
  if (agents.length === 0 && environment !== undefined)
    return `No agent of ${environment} is connected. All of them: npx towpath agents\n`;
  if (agents.length === 0)
    return 'No agent is connected, so nothing can run. Start one: npx towpath agent   (npx towpath dev brings its own)\n';
  const rows = agents.map(({ name, environment, isLive, host, version, lastSeenAt, attemptsHeld, maxAttempts }) => [
    name,
    environment,
    isLive ? 'live' : 'silent',
    host,
    version,
    lastSeenAt,
    maxAttempts === null ? attemptsHeld : `${attemptsHeld}, runs ${maxAttempts} at a time`,
  ]);
  const hint = agents.some(({ isLive, attemptsHeld }) => !isLive && attemptsHeld > 0)
    ? '\nWhat a silent agent holds is uncertain: its process may still run. See it: npx towpath attempts\n'
    : '';
  return formatTable(['AGENT', 'ENVIRONMENT', 'STATE', 'HOST', 'VERSION', 'LAST SEEN', 'HOLDS'], rows) + hint;
}
