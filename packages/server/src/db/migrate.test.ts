import { readdir, readFile } from 'node:fs/promises';
import {
  ATTEMPT_STATES,
  AUDIT_ACTOR_KINDS,
  ENVIRONMENT_KINDS,
  PROMOTION_KINDS,
  PROMOTION_STATES,
  ROLES,
  RUN_STATES,
  TASK_STATES,
} from '@towpath/core';
import { createTestDatabase, type TestDatabase, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startServer } from '../start-server.ts';
import { withConnection } from './database.ts';
import { dumpSchema } from './dump-schema.ts';
import { migrate } from './migrate.ts';

const databases: TestDatabase[] = [];
const holders: pg.Client[] = [];
afterEach(async () => {
  await Promise.all(holders.splice(0).map((holder) => holder.end()));
  await Promise.all(databases.splice(0).map((database) => database.drop()));
});

async function createEmpty(): Promise<string> {
  const database = await createTestDatabase({ template: 'empty' });
  databases.push(database);
  return database.url;
}

const server = { host: '127.0.0.1', port: 0, version: '1', logLevel: 'silent' } as const;

test('a second migration changes nothing', async () => {
  const url = await createEmpty();
  const first = await migrate(url);
  expect(first.from).toBe(0);
  expect(first.to).toBeGreaterThan(0);
  expect(await migrate(url)).toEqual({ from: first.to, to: first.to });
});

test('of three migrations at once one migrates and the others find it done', async () => {
  const url = await createEmpty();
  const results = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(results.filter(({ from }) => from === 0)).toHaveLength(1);
});

test('a newer schema is refused by migration and by server', async () => {
  const url = await createEmpty();
  await migrate(url);
  await withConnection(url, (client) =>
    client.query(`insert into schema_migrations (version, name) values (9999, 'later')`),
  );
  await expect(migrate(url)).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
  await expect(startServer({ ...server, databaseUrl: url })).rejects.toMatchObject({ code: 'SCHEMA_NEWER' });
});

/** A database as version 3 left it, and somebody who reads a table of it in a transaction that he does not end. */
async function createHeld(): Promise<{ url: string; holder: pg.Client }> {
  const url = await createEmpty();
  await createVersion(url, 3);
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  holders.push(holder);
  await holder.query('begin');
  await holder.query('select count(*) from attempts');
  return { url, holder };
}

const folder = new URL('./migrations/', import.meta.url);

const versionOf = (name: string): number => Number(name.slice(0, 4));

async function listMigrations(): Promise<readonly string[]> {
  return (await readdir(folder)).sort();
}

async function createVersion(url: string, version: number): Promise<void> {
  const names = (await listMigrations()).filter((name) => versionOf(name) <= version);
  await withConnection(url, async (client) => {
    await client.query(`create table schema_migrations (
      version integer constraint schema_migrations_pkey primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )`);
    for (const name of names) {
      await client.query(await readFile(new URL(name, folder), 'utf8'));
      await client.query('insert into schema_migrations (version, name) values ($1, $2)', [versionOf(name), name]);
    }
  });
}

test('a migration that a long transaction holds up lets others pass, and goes on when that has ended', async () => {
  const { url, holder } = await createHeld();
  const migrated = migrate(url);
  await waitFor('the migration to wait for the table', 20_000, () => isWaitingForLock(url));
  // Behind the waiting ALTER TABLE; without a limit it would wait for the holder, too.
  const before = performance.now();
  await withConnection(url, (client) => client.query('select count(*) from attempts'));
  expect(performance.now() - before).toBeLessThan(15_000);
  await holder.query('commit');
  expect(await migrated).toMatchObject({ from: 3 });
});

test('a migration that never gets its table says so, and has changed nothing', async () => {
  const { url } = await createHeld();
  const before = await dumpSchema(url);
  await expect(migrate(url, { tries: 2 })).rejects.toMatchObject({
    code: 'SCHEMA_LOCKED',
    reason: expect.stringContaining('0004_engine.sql'),
    fix: expect.stringContaining('pg_stat_activity'),
  });
  expect(await dumpSchema(url)).toBe(before);
});

test('a database that was upgraded from any version is the same as a fresh one', async () => {
  const fresh = await createEmpty();
  const { to } = await migrate(fresh);
  const schema = await dumpSchema(fresh);
  for (const version of (await listMigrations()).map(versionOf).filter((known) => known < to)) {
    const url = await createEmpty();
    await createVersion(url, version);
    expect(await migrate(url)).toEqual({ from: version, to });
    expect(await dumpSchema(url), `upgraded from version ${version}`).toBe(schema);
  }
});

async function isWaitingForLock(url: string): Promise<boolean> {
  return withConnection(url, async (client) => {
    const found = await client.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return found.rowCount === 1;
  });
}

test('a server refuses a database that was not migrated', async () => {
  const url = await createEmpty();
  await expect(startServer({ ...server, databaseUrl: url })).rejects.toMatchObject({ code: 'SCHEMA_OLDER' });
});

test('a database that does not answer is DATABASE_UNAVAILABLE', async () => {
  const databaseUrl = 'postgres://towpath:secret@127.0.0.1:1/towpath';
  await expect(migrate(databaseUrl)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await expect(startServer({ ...server, databaseUrl })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test.each([
  ['password', /28P01/],
  ['username', /28/],
  ['pathname', /3D000/],
] as const)('a wrong %s in the URL is DATABASE_UNAVAILABLE, and the fix names the URL', async (part, reason) => {
  const wrong = new URL(await createEmpty());
  wrong[part] = 'nobody';
  const error = {
    code: 'DATABASE_UNAVAILABLE',
    reason: expect.stringMatching(reason),
    fix: expect.stringContaining('TOWPATH_DATABASE_URL'),
  };
  await expect(migrate(wrong.href)).rejects.toMatchObject(error);
  await expect(startServer({ ...server, databaseUrl: wrong.href })).rejects.toMatchObject(error);
});

test('schema.sql is the dump of a migrated database', async () => {
  const url = await createEmpty();
  await migrate(url);
  const committed = await readFile(new URL('./schema.sql', import.meta.url), 'utf8');
  expect(await dumpSchema(url), 'run `npm run schema:dump -w @towpath/server`').toBe(committed);
});

const PERSON_ROLES = Object.keys(ROLES).filter((role) => role !== 'agent' && role !== 'attempt');

test.each([
  ['runs_state_check', Object.keys(RUN_STATES)],
  ['run_tasks_state_check', Object.keys(TASK_STATES)],
  ['attempts_state_check', Object.keys(ATTEMPT_STATES)],
  ['audit_entries_actor_kind_check', [...AUDIT_ACTOR_KINDS]],
  ['environments_kind_check', [...ENVIRONMENT_KINDS]],
  ['promotions_state_check', Object.keys(PROMOTION_STATES)],
  ['promotions_kind_check', [...PROMOTION_KINDS]],
  ['access_tokens_role_check', PERSON_ROLES],
  ['console_links_role_check', PERSON_ROLES],
  ['console_sessions_role_check', PERSON_ROLES],
])('%s allows exactly the words of core', async (constraint, words) => {
  const url = await createEmpty();
  await migrate(url);
  const definition = await withConnection(url, async (client) => {
    const found = await client.query<{ text: string }>(
      'select pg_get_constraintdef(oid) as text from pg_constraint where conname = $1',
      [constraint],
    );
    return found.rows[0]?.text ?? '';
  });
  expect([...definition.matchAll(/'([a-z_-]+)'::text/g)].map(([, word]) => word).sort()).toEqual([...words].sort());
});
