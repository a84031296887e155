// Load balancers and probes ask this: it is about the database, since without it nothing can be answered.
import { GetHealth } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

/** Closes the database to connections, with who is in it, or opens it. */
async function setOpen(isOpen: boolean): Promise<void> {
  const name = new URL(t.databaseUrl).pathname.slice(1);
  const other = Object.assign(new URL(t.databaseUrl), { pathname: '/postgres' }).href;
  await withConnection(other, async (client) => {
    await client.query(`alter database "${name}" with allow_connections ${isOpen}`);
    await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [name]);
  });
}

test('A92 health is 503 with a plain reason while the database is closed to connections', async () => {
  await setOpen(false);
  const answer = await fetch(`${t.server.url}${GetHealth.path}`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    title: 'PostgreSQL takes no connections to the database now.',
    detail: expect.stringContaining('55000'),
  });
  await setOpen(true);
  expect((await fetch(`${t.server.url}${GetHealth.path}`)).status).toBe(200);
});

/** Takes the database of the test away, with who is in it, or brings it back. */
async function setPresent(isPresent: boolean): Promise<void> {
  const name = new URL(t.databaseUrl).pathname.slice(1);
  const other = Object.assign(new URL(t.databaseUrl), { pathname: '/postgres' }).href;
  const [from, to] = isPresent ? [`${name}_away`, name] : [name, `${name}_away`];
  await withConnection(other, async (client) => {
    // Whoever comes back at once would be in it again.
    await client.query(`alter database "${from}" with allow_connections ${isPresent}`);
    await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [from]);
    await client.query(`alter database "${from}" rename to "${to}"`);
  });
}

test('A92 health answers whoever asks while the database does, is 503 while it does not, and 200 again after', async () => {
  const ask = () => fetch(`${t.server.url}${GetHealth.path}`);
  expect(await (await ask()).json()).toEqual({ status: 'ok', version: '1.2.3' });
  await setPresent(false);
  const answer = await ask();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await setPresent(true);
  expect((await ask()).status).toBe(200);
});
