// A laptop's Towpath: mock source, PostgreSQL, server and agent in one process, in the order in which they need each other.
import { join } from 'node:path';
import { type AgentOptions, getOwnIdentity } from '@towpath/agent';
import { type Client, createClient } from '@towpath/api';
import type { Project } from '@towpath/config';
import { migrate, startServer, type TowpathServer } from '@towpath/server';
import { consoleFolder } from '../assets.ts';
import { ensureAuditKey } from '../audit/audit-key.ts';
import { findServerPort } from '../embedded-postgres/server-port.ts';
import { openWarehouses, type WantedWarehouse } from '../embedded-postgres/warehouses.ts';
import { readEvidenceSurroundings } from '../evidence/evidence-surroundings.ts';
import { type InstanceRecord, removeInstance, writeInstance } from '../instance/instance-record.ts';
import { VERSION } from '../version.ts';
import { listBroughtVariables } from './brought-variables.ts';
import { cancelActiveRuns } from './cancel-active-runs.ts';
import { takeInstanceLock } from './instance-lock.ts';
import { issueLocalCredentials } from './issue-local-credentials.ts';
import { type KeptPostgres, keepPostgres } from './kept-postgres.ts';
import { applyLocal } from './local-environment.ts';
import { openSourceMock, type SourceMock } from './source-mock.ts';
import { startLocalAgent } from './start-local-agent.ts';

/** How an instance starts. Ports are preferences: a busy one gives the next free one. */
export interface InstanceOptions {
  readonly project: Project;
  readonly stateFolder: string;
  readonly ports: { readonly console: number; readonly postgres: number; readonly mock: number };
  /** Those of the process: of variables that are declared they count, as everywhere. */
  readonly processVariables: Readonly<Record<string, string | undefined>>;
  readonly mode: 'foreground' | 'background';
  /** Attempts at a time, and what one may use. */
  readonly sizing?: Pick<AgentOptions, 'maxAttempts' | 'limits'>;
  /** What runs attempts; undefined: processes. */
  readonly executor?: AgentOptions['executor'];
  /** How long its server keeps ended runs; 0: for ever. Default: as the server does. */
  readonly retentionDays?: number | undefined;
  /** Of other environments, which get a warehouse in this PostgreSQL, too. */
  readonly warehouses?: readonly WantedWarehouse[] | undefined;
  /** A person said that what a shared environment has claimed may be used. */
  readonly isAgainstShared?: boolean | undefined;
  /** Ends a start that still waits. */
  readonly signal?: AbortSignal;
  /** Lines for the person while it runs: code loaded, PostgreSQL restarted … */
  readonly notify: (line: string) => void;
}

/** A running instance. `stop` cancels what runs, ends every child and keeps the state. */
export interface Instance {
  readonly record: InstanceRecord;
  readonly client: Client;
  readonly consoleLink: string;
  /** Ports that were taken by other programs, in words. */
  readonly busyPorts: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts everything and returns when the server answers and the agent has its session. When a part fails, the parts
 * started before it are stopped again and its error is thrown.
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const parts = new AsyncDisposableStack();
  try {
    const release = takeInstanceLock(options.stateFolder);
    parts.defer(release);
    const mock = await openSourceMock(options.stateFolder, options.ports.mock);
    parts.defer(() => mock.close());
    const postgres = await keepPostgres(
      { folder: join(options.stateFolder, 'postgres'), preferredPort: options.ports.postgres },
      options.notify,
    );
    parts.defer(() => postgres.stop());
    return await startControlPlane(options, parts, mock, postgres);
  } catch (thrown) {
    await parts.disposeAsync();
    throw thrown;
  }
}

async function startControlPlane(
  options: InstanceOptions,
  parts: AsyncDisposableStack,
  mock: SourceMock,
  postgres: KeptPostgres,
): Promise<Instance> {
  const { stateUrl, warehouse } = postgres.current;
  const warehouses = await openWarehouses(
    { folder: join(options.stateFolder, 'postgres'), port: warehouse.port },
    options.warehouses ?? [],
  );
  await migrate(stateUrl);
  const server = await startOwnServer(options, stateUrl);
  parts.defer(() => server.close());
  const credentials = await issueLocalCredentials(stateUrl);
  const variables = listBroughtVariables(mock, { ...warehouse, host: '127.0.0.1' });
  const headers = { authorization: `Bearer ${credentials.token}` };
  const client = createClient({ baseUrl: server.url, headers: () => headers });
  await applyLocal(client, options.project);
  const given = { serverUrl: server.url, token: credentials.agentToken, variables, warehouse };
  const agent = await startLocalAgent({ ...options, stateFolder: join(options.stateFolder, 'agent') }, given);
  parts.defer(() => agent.close({ cancelRunning: true }));
  parts.defer(() => cancelActiveRuns(client));
  const record: InstanceRecord = {
    process: getOwnIdentity(),
    mode: options.mode,
    url: server.url,
    token: credentials.token,
    warehouse,
    mock: { host: mock.host, port: mock.port },
    warehouses: [...warehouses],
    projectFolder: options.project.folder,
  };
  writeInstance(options.stateFolder, record);
  parts.defer(() => removeInstance(options.stateFolder));
  return {
    record,
    client,
    consoleLink: `${server.url}/open#${credentials.link}`,
    busyPorts: describeBusyPorts(options, {
      console: server.port,
      postgres: warehouse.port,
      mock: mock.port,
      isMockShared: mock.isShared,
    }),
    stop: () => parts.disposeAsync(),
  };
}

async function startOwnServer(options: InstanceOptions, databaseUrl: string): Promise<TowpathServer> {
  const { stateFolder, ports, processVariables, retentionDays } = options;
  const { port } = await findServerPort(ports.console);
  return startServer({
    databaseUrl,
    host: '127.0.0.1',
    port,
    consoleFolder: consoleFolder(),
    version: VERSION,
    evidence: readEvidenceSurroundings(processVariables),
    logFile: join(stateFolder, 'server.log'),
    auditKey: ensureAuditKey(join(stateFolder, 'audit-key.pem')),
    ...(retentionDays !== undefined && { retentionDays }),
  });
}

function describeBusyPorts(
  options: InstanceOptions,
  used: { console: number; postgres: number; mock: number; isMockShared: boolean },
): readonly string[] {
  const { ports } = options;
  const lines: string[] = [];
  const differs = (wanted: number, got: number): boolean => wanted !== 0 && wanted !== got;
  if (differs(ports.postgres, used.postgres))
    lines.push(`port ${ports.postgres} is busy, so PostgreSQL listens on ${used.postgres}`);
  if (differs(ports.console, used.console))
    lines.push(`port ${ports.console} is busy, so the console is on ${used.console}`);
  if (differs(ports.mock, used.mock) && !used.isMockShared)
    lines.push(`port ${ports.mock} is busy, so the mock SQL Server listens on ${used.mock}`);
  return lines;
}
