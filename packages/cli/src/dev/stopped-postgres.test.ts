// The server of `dev` while its PostgreSQL is away: by a socket the system says so in other words than by loopback.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, GetSession, ListRuns } from '@towpath/api';
import { migrate, startServer } from '@towpath/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import { issueLocalCredentials } from './issue-local-credentials.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'towpath-away-'));
  // As root PostgreSQL runs under another user.
  await chmod(scratch, 0o755);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each([
  ['a socket', undefined],
  ['loopback', '127.0.0.1'],
])('a PostgreSQL that was stopped, by %s, is told as away, and found again', async (_, host) => {
  const folder = join(scratch, host ?? 'socket');
  const start = (preferredPort: number) => startEmbeddedPostgres({ folder, preferredPort, settings: { fsync: 'off' } });
  const first = await start(0);
  const url = new URL(first.stateUrl);
  expect(url.hostname).toBe(encodeURIComponent(join(folder, 'data')));
  if (host !== undefined) url.hostname = host;
  const databaseUrl = url.toString();
  await migrate(databaseUrl);
  const server = await startServer({ databaseUrl, host: '127.0.0.1', port: 0, version: '1.2.3', logLevel: 'silent' });
  const { token } = await issueLocalCredentials(databaseUrl);
  const client = createClient({ baseUrl: server.url, headers: () => ({ authorization: `Bearer ${token}` }) });
  expect((await client.call(ListRuns)).runs).toEqual([]);

  await first.stop();
  const away = { code: 'DATABASE_UNAVAILABLE', status: 503 };
  await expect(client.call(ListRuns)).rejects.toMatchObject(away);
  await expect(client.call(GetSession)).rejects.toMatchObject(away);

  const again = await start(first.port);
  expect((await client.call(ListRuns)).runs).toEqual([]);
  await server.close();
  await again.stop();
});
