import { readFile } from 'node:fs/promises';
import { ATTEMPT_STATES, AUDIT_ACTOR_KINDS, ENVIRONMENT_KINDS, ROLES, RUN_STATES, TASK_STATES } from '@towpath/core';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import { afterEach, expect, test } from 'vitest';
import { startServer } from '../start-server.ts';
import { withConnection } from './database.ts';
import { dumpSchema } from './dump-schema.ts';
import { migrate } from './migrate.ts';

const databases: TestDatabase[] = [];
afterEach(async () => {
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

test('a server refuses a database that was not migrated', async () => {
  const url = await createEmpty();
  await expect(startServer({ ...server, databaseUrl: url })).rejects.toMatchObject({ code: 'SCHEMA_OLDER' });
});

test('a database that does not answer is DATABASE_UNAVAILABLE', async () => {
  const databaseUrl = 'postgres://towpath:secret@127.0.0.1:1/towpath';
  await expect(migrate(databaseUrl)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await expect(startServer({ ...server, databaseUrl })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
});

test('schema.sql is the dump of a migrated database', async () => {
  const url = await createEmpty();
  await migrate(url);
  const committed = await readFile(new URL('./schema.sql', import.meta.url), 'utf8');
  expect(await dumpSchema(url), 'run `npm run schema:dump -w @towpath/server`').toBe(committed);
});

const PERSON_ROLES = Object.keys(ROLES).filter((role) => role !== 'agent');

test.each([
  ['runs_state_check', Object.keys(RUN_STATES)],
  ['run_tasks_state_check', Object.keys(TASK_STATES)],
  ['attempts_state_check', Object.keys(ATTEMPT_STATES)],
  ['audit_entries_actor_kind_check', [...AUDIT_ACTOR_KINDS]],
  ['environments_kind_check', [...ENVIRONMENT_KINDS]],
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
  expect([...definition.matchAll(/'([a-z_]+)'::text/g)].map(([, word]) => word).sort()).toEqual([...words].sort());
});
