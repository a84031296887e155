// Warehouses of other environments in a real PostgreSQL: each role reaches its own database and nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatWarehouseUrl } from './databases.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';
import { openWarehouses } from './warehouses.ts';

let parent: string;
let folder: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'towpath-warehouses-'));
  folder = join(parent, 'postgres');
  postgres = await start();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(parent, { recursive: true });
});

const start = () => startEmbeddedPostgres({ folder, preferredPort: 0, settings: { fsync: 'off' } });

const open = (...wanted: readonly { readonly environment: string; readonly database: string }[]) =>
  openWarehouses({ folder, port: postgres.port }, wanted);

/** `accepted`, or the SQLSTATE of the refusal. */
async function tryQuery(database: string, user: string, sql = 'select 1'): Promise<string> {
  const client = new pg.Client({ connectionString: formatWarehouseUrl(postgres.port, { database, user }) });
  try {
    await client.connect();
    await client.query(sql);
    return 'accepted';
  } catch (thrown) {
    return thrown instanceof pg.DatabaseError ? (thrown.code ?? 'no code') : String(thrown);
  } finally {
    await client.end().catch(() => undefined);
  }
}

it('each has a database and a role, which reaches no other; a later start opens them again', async () => {
  const int = { environment: 'int', database: 'int_bronze', user: 'int_bronze_user' };
  const qa = { environment: 'qa', database: 'QA-bronze', user: 'QA-bronze_user' };
  expect(await open()).toEqual([]);
  expect(await open({ environment: 'int', database: 'int_bronze' })).toEqual([int]);
  expect(await open({ environment: 'qa', database: 'QA-bronze' })).toEqual([int, qa]);
  const look = async () => [
    await tryQuery('int_bronze', 'int_bronze_user', 'create table if not exists bronze.rows (id integer)'),
    await tryQuery('QA-bronze', 'QA-bronze_user'),
    await tryQuery('bronze', 'bronze_user'),
    ...(await Promise.all(
      ['bronze', 'towpath', 'postgres', 'QA-bronze'].map((database) => tryQuery(database, 'int_bronze_user')),
    )),
    await tryQuery('int_bronze', 'bronze_user'),
  ];
  const expected = [...Array.from({ length: 3 }, () => 'accepted'), ...Array.from({ length: 5 }, () => '28000')];
  expect(await look()).toEqual(expected);
  await postgres.stop();
  postgres = await start();
  expect(await open()).toEqual([int, qa]);
  expect(await look()).toEqual(expected);
}, 60_000);

it.each(['bronze', 'towpath', 'postgres', 'a b', 'x"; drop database bronze; --', 'x'.repeat(59)])(
  'the name %s is refused',
  async (database) => {
    await expect(open({ environment: 'other', database })).rejects.toMatchObject({ code: 'WAREHOUSE_NAME_INVALID' });
  },
);
