import { resolve } from 'node:path';
import { type EnvironmentView, ListEnvironments } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import {
  findInstance,
  findMock,
  findStateFolder,
  type InstanceRecord,
  type MockRecord,
  STATE_FOLDER,
} from '../instance/instance-record.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath status`: what runs here, in a few lines. */
export const registerStatus: RegisterCommand = (program, context) => {
  const command = program
    .command('status')
    .description('Show what is running for this folder.')
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const state = resolve(context.cwd, options.state ?? findStateFolder(context.cwd) ?? STATE_FOLDER);
    const status = await readStatus(context, state);
    context.out(options.json ? `${JSON.stringify(status, null, 2)}\n` : formatStatus(status));
  });
};

/** Of each kind of record by itself: `Omit` of a union forgets which members go together. */
type WithoutSecrets<R> = R extends unknown ? Omit<R, 'token' | 'registryPassword'> : never;

interface Status {
  readonly instance: (WithoutSecrets<InstanceRecord> & { readonly environments: readonly EnvironmentView[] }) | null;
  /** A mock SQL Server that runs without an instance. */
  readonly mock: Pick<MockRecord, 'host' | 'port'> | null;
}

async function readStatus(context: CommandContext, state: string): Promise<Status> {
  const instance = findInstance(state);
  if (!instance) return { instance: null, mock: findMock(state) ?? null };
  const record = withoutSecrets(instance);
  const { environments } = await connect({ ...context, env: {} }, { state }).call(ListEnvironments);
  return { instance: { ...record, environments }, mock: null };
}

/** They stay where only their owner reads them. */
function withoutSecrets(instance: InstanceRecord): WithoutSecrets<InstanceRecord> {
  const { token: _token, ...record } = instance;
  if (record.mode !== 'containers') return record;
  const { registryPassword: _password, ...shown } = record;
  return shown;
}

function formatStatus({ instance, mock }: Status): string {
  if (!instance)
    return mock
      ? `mock source ${mock.host}:${mock.port}, alone\n`
      : 'Nothing is running for this folder. Start it: npx towpath dev\n';
  const { url, warehouse, environments } = instance;
  const lines = [
    `console     ${url}   (npx towpath console prints a link that opens it)`,
    `warehouse   ${warehouse.host}:${warehouse.port} database ${warehouse.database}`,
    `mock source ${instance.mock.host}:${instance.mock.port}`,
    ...environments.map(({ name, agents }) => `environment ${name}: ${describeAgents(agents)}`),
    instance.mode === 'containers'
      ? `containers  towpath-${instance.stack}-…, registry ${instance.registry}`
      : `process     ${instance.process.pid}, in the ${instance.mode}`,
  ];
  return `${lines.join('\n')}\n`;
}

function describeAgents(agents: EnvironmentView['agents']): string {
  const live = agents.filter(({ isLive }) => isLive).map(({ name }) => name);
  return live.length > 0 ? `agent ${live.join(', ')}` : 'no live agent';
}
