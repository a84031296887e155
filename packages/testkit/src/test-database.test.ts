import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type DatabaseRequest } from './test-database.ts';

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

test('an empty database has no tables, and drop removes it', async () => {
  const database = await createTestDatabase({ template: 'empty' });
  const client = await connect(database.url);
  const tables = await client.query(`select from pg_tables where schemaname = 'public'`);
  await client.end();
  expect(tables.rowCount).toBe(0);

  await database.drop();
  await expect(connect(database.url)).rejects.toMatchObject({ code: '3D000' });
  await database.drop();
});

test('the state template is migrated once, and two clones do not see each other', async () => {
  let migrations = 0;
  const migrate = async (url: string): Promise<void> => {
    migrations += 1;
    const client = await connect(url);
    await client.query('create table if not exists probe (id int)');
    await client.end();
  };
  const request: DatabaseRequest = { template: 'state', migrate };
  const databases = await Promise.all([createTestDatabase(request), createTestDatabase(request)]);
  onTestFinished(async () => {
    await Promise.all(databases.map((database) => database.drop()));
  });
  expect(migrations).toBeLessThanOrEqual(1);
  expect(new Set(databases.map((database) => database.name)).size).toBe(2);
});

test('a connection left open by the test is named when the database is dropped', async () => {
  const database = await createTestDatabase({ template: 'empty' });
  const client = await connect(database.url);
  client.on('error', () => undefined);
  await client.query('select 42 as left_open');
  await expect(database.drop()).rejects.toThrow(/left_open/);
  await client.end().catch(() => undefined);
});
