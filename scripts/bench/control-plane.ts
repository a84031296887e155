// A server on an embedded PostgreSQL with the settings people have, and clients of it: for what is measured without processes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@towpath/api';
import { migrate, openAdmin, startServer } from '@towpath/server';
import { consoleFolder } from '../../packages/cli/src/assets.ts';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';
import { withConnection } from '../../packages/server/src/db/database.ts';
import { createTestClient } from '../../tests/support/instance.ts';

/** Everything is in environment `bench`. */
export interface ControlPlane {
  readonly databaseUrl: string;
  readonly url: string;
  readonly client: Client;
  readonly agents: readonly Client[];
  /** A new one-time link into the console, for an engineer. */
  consoleLink(): Promise<string>;
}

/** Starts one with so many agents' credentials, and takes it down after `work`. */
export async function withControlPlane<T>(agentCount: number, work: (plane: ControlPlane) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-bench-'));
  const postgres = await startEmbeddedPostgres({ folder, preferredPort: 0 });
  try {
    return await withServer(postgres.adminUrl, agentCount, work);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withServer<T>(
  adminUrl: string,
  agentCount: number,
  work: (plane: ControlPlane) => Promise<T>,
): Promise<T> {
  await withConnection(adminUrl, (client) => client.query('create database bench'));
  const databaseUrl = Object.assign(new URL(adminUrl), { pathname: '/bench' }).href;
  await migrate(databaseUrl);
  const tokens = await issueTokens(databaseUrl, agentCount);
  const local = { host: '127.0.0.1', port: 0, consoleFolder: consoleFolder() };
  const server = await startServer({ databaseUrl, ...local, version: 'bench' });
  try {
    const agents = tokens.agents.map((token) => createTestClient(server.url, token));
    const client = createTestClient(server.url, tokens.engineer);
    return await work({ databaseUrl, url: server.url, client, agents, consoleLink: () => issueLink(databaseUrl) });
  } finally {
    await server.close();
  }
}

async function issueLink(databaseUrl: string): Promise<string> {
  const admin = await openAdmin(databaseUrl);
  return await admin.issueConsoleLink({ name: 'bench', role: 'engineer' }).finally(() => admin.close());
}

async function issueTokens(databaseUrl: string, agentCount: number): Promise<{ engineer: string; agents: string[] }> {
  const admin = await openAdmin(databaseUrl);
  try {
    await admin.ensureEnvironment({ name: 'bench', kind: 'local', position: 0 });
    const agents: string[] = [];
    for (let i = 0; i < agentCount; i += 1)
      agents.push(await admin.issueAgentCredential({ environment: 'bench', agent: `agent-${i}` }));
    return { agents, engineer: await admin.issueAccessToken({ name: 'bench', role: 'engineer' }) };
  } finally {
    await admin.close();
  }
}
