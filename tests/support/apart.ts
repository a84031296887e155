// Server and agent as two processes of the executable, the way they run outside a laptop.
import type { Client } from '@towpath/api';
import { migrate } from '@towpath/server';
import { MOCK_LOGINS, type MockSqlServer, startMockSqlServer } from '@towpath/tds';
import { createTestDatabase, type SpawnedProcess, type TestDatabase, waitFor } from '@towpath/testkit';
import { createTestClient, runTowpath, spawnTowpath } from './instance.ts';
import type { TestProject } from './test-project.ts';

export interface Apart {
  readonly client: Client;
  /** Database that the loads go to. */
  readonly bronzeUrl: string;
  server: SpawnedProcess;
  agent: SpawnedProcess;
  /** Starts the server again, on the same port. */
  restartServer(): Promise<void>;
  /** Starts the agent again, on the same state folder. */
  restartAgent(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both, on databases of their own and a mock in this process. */
export async function startApart(project: TestProject): Promise<Apart> {
  const state = await createTestDatabase({ template: 'state', migrate });
  const bronze = await createTestDatabase({ template: 'empty' });
  const mock = await startMockSqlServer({ host: '127.0.0.1', port: 0 });
  const issue = async (args: readonly string[]): Promise<string> => {
    const answer = await runTowpath(project, ['server', ...args, '--database-url', state.url]);
    if (answer.code !== 0) throw new Error(answer.stderr);
    return answer.stdout.trim();
  };
  const agentToken = await issue(['issue-agent-token', '--environment', 'local', '--agent', 'one']);
  const token = await issue(['issue-access-token', '--name', 'test', '--role', 'engineer']);
  const startServer = async (port: number): Promise<{ process: SpawnedProcess; url: string }> => {
    const process = await spawnTowpath(project, ['server', '--port', String(port)], {
      TOWPATH_DATABASE_URL: state.url,
    });
    const [, url = ''] = await process.waitForOutput(/listens on (\S+)/, 60_000);
    return { process, url };
  };
  const first = await startServer(0);
  const env = { ...resolveVariables(mock, bronze), TOWPATH_SERVER: first.url, TOWPATH_AGENT_TOKEN: agentToken };
  const startAgent = async (): Promise<SpawnedProcess> => await spawnTowpath(project, ['agent', '--name', 'one'], env);
  const apart: Apart = {
    client: createTestClient(first.url, token),
    bronzeUrl: bronze.url,
    server: first.process,
    agent: await startAgent(),
    restartServer: async () => {
      apart.server = (await startServer(Number(new URL(first.url).port))).process;
    },
    restartAgent: async () => {
      apart.agent = await startAgent();
    },
    close: () => closeAll(apart, mock, [state, bronze]),
  };
  await apart.agent.waitForOutput(/pipelines loaded/, 60_000);
  return apart;
}

function resolveVariables(mock: MockSqlServer, bronze: TestDatabase): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(bronze.url);
  return {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: String(mock.port),
    MSSQL_DATABASE: 'TestWarehouse',
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    BRONZE_HOST: hostname,
    BRONZE_PORT: port,
    BRONZE_DATABASE: pathname.slice(1),
    BRONZE_USER: username,
    BRONZE_PASSWORD: decodeURIComponent(password),
  };
}

async function closeAll(apart: Apart, mock: MockSqlServer, databases: readonly TestDatabase[]): Promise<void> {
  for (const process of [apart.agent, apart.server]) {
    process.kill('SIGTERM');
    await waitFor('the process to end', 30_000, () => process.waitForExit(1)).catch(() => undefined);
    await process.destroy();
  }
  await mock.close();
  for (const database of databases) await database.drop();
}
