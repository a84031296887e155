import { resolve } from 'node:path';
import { getOwnIdentity } from '@towpath/agent';
import type { CommandContext } from '../context.ts';
import { findServerPort } from '../embedded-postgres/server-port.ts';
import {
  findInstance,
  findMock,
  type MockRecord,
  removeMock,
  STATE_FOLDER,
  writeMock,
} from '../instance/instance-record.ts';
import { runDetached } from '../instance/run-detached.ts';
import { parsePort } from '../rendering/parse-port.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly port: number;
  readonly detach?: boolean;
  readonly state?: string;
  readonly statements?: boolean;
}

/** `towpath mock-sqlserver`: a TDS server with seeded tables, for laptops and tests. */
export const registerMockSqlServer: RegisterCommand = (program, context) => {
  program
    .command('mock-sqlserver')
    .description('Start the mock SQL Server alone; `npx towpath dev` uses it when it runs for the same folder.')
    .option('--port <port>', 'preferred port', parsePort, 1433)
    .option('--detach', 'go to the background when ready; `npx towpath stop` ends it')
    .option('--state <folder>', 'state folder', STATE_FOLDER)
    .option('--statements', 'print every statement it receives')
    .action(async (options: Options) => {
      const stateFolder = resolve(context.cwd, options.state ?? STATE_FOLDER);
      const running = findMock(stateFolder) ?? findInstance(stateFolder)?.mock;
      if (running) return context.out(`It runs already.\n${await formatMock(running)}`);
      if (options.detach) return await runDetached(context, { stateFolder, logFile: 'mock.log' });
      await serve(context, stateFolder, options);
    });
};

async function serve(context: CommandContext, stateFolder: string, options: Options): Promise<void> {
  const { startMockSqlServer } = await import('@towpath/tds');
  const { port, wasBusy } = await findServerPort(options.port);
  const onStatement = options.statements
    ? ({ login, sql }: { login: string; sql: string }) => context.out(`${login}: ${sql}\n`)
    : undefined;
  const place = { host: '127.0.0.1', port, encryption: 'optional' } as const;
  const mock = await startMockSqlServer({ ...place, ...(onStatement && { onStatement }) });
  const record = { process: getOwnIdentity(), host: mock.host, port: mock.port };
  writeMock(stateFolder, record);
  const message = `${wasBusy ? `Port ${options.port} is busy, so another was chosen.\n` : ''}${await formatMock(record)}`;
  context.out(message);
  process.send?.(message);
  if (!context.signal.aborted)
    await new Promise((done) => context.signal.addEventListener('abort', done, { once: true }));
  removeMock(stateFolder);
  await mock.close();
}

async function formatMock({ host, port }: Pick<MockRecord, 'host' | 'port'>): Promise<string> {
  const { MOCK_DATABASE, MOCK_LOGINS } = await import('@towpath/tds');
  const { username, password } = MOCK_LOGINS.readOnly;
  return [
    `Mock SQL Server is ready at ${host}:${port}, database ${MOCK_DATABASE}.`,
    `  login    ${username} / ${password} (reads), ${MOCK_LOGINS.readWrite.username} / ${MOCK_LOGINS.readWrite.password} (writes)`,
    '  tables   dbo.Customer, dbo.Orders, dbo.Products, dbo.Suppliers, dbo.AllTypes; dbo.Generated_1000000 of any size',
    '  TLS      as the client wants it: none, the login, everything, strict; the certificate is self-signed',
    `  try      tsql -H ${host} -p ${port} -U ${username} -P ${password}`,
    '',
  ].join('\n');
}
