// Databases for tests: each test gets its own, cloned from a template in some 30 ms, on the PostgreSQL of the test run.

import { randomBytes } from 'node:crypto';
import { TowpathError } from '@towpath/core';
import pg from 'pg';

/** `state` has the server's schema; testkit stands below the server, so the migration comes as an argument. */
export type DatabaseRequest =
  | { readonly template: 'empty' }
  | { readonly template: 'state'; readonly migrate: (databaseUrl: string) => Promise<unknown> };

export interface TestDatabase {
  /** Superuser URL of the new database. */
  readonly url: string;
  readonly name: string;
  /** Ends its connections and removes it. Idempotent. Throws when the test left connections open, after removing it. */
  drop(): Promise<void>;
}

const STATE_TEMPLATE = 'towpath_template_state';

/** Any constant: no other user of this cluster takes advisory locks in the `postgres` database. */
const TEMPLATE_LOCK = 7_046_001;

/** A pool's end() resolves before the server has closed its side; on a busy machine that takes some 100 ms. */
const CLOSING_GRACE_MS = 2_000;

/**
 * Creates a database on `TOWPATH_TEST_DATABASE_ADMIN_URL`. The `state` template is migrated once per test run, by the
 * first test that asks, under a lock that the others wait for. Errors: `TEST_DATABASE_MISSING` outside a test run.
 */
export async function createTestDatabase(request: DatabaseRequest): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  if (request.template === 'state') await ensureStateTemplate(request.migrate);
  const template = request.template === 'state' ? STATE_TEMPLATE : 'template0';
  await withAdmin((admin) => admin.query(`create database ${name} template ${template}`));
  return {
    url: request.template === 'state' ? stateUrl(name) : databaseUrl(name),
    name,
    drop: () => dropDatabase(name),
  };
}

async function ensureStateTemplate(migrate: (databaseUrl: string) => Promise<unknown>): Promise<void> {
  await withAdmin(async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await admin.query('select from pg_database where datname = $1', [STATE_TEMPLATE]);
    if (found.rowCount === 1) return;
    // Under another name until it is whole: a failed migration must not leave a half template behind.
    const draft = `${STATE_TEMPLATE}_draft`;
    await admin.query(`drop database if exists ${draft} with (force)`);
    await admin.query(`create database ${draft} template template0`);
    await migrate(databaseUrl(draft));
    await waitUntilUnused(admin, draft);
    await admin.query(`alter database ${draft} rename to ${STATE_TEMPLATE}`);
  });
}

async function dropDatabase(name: string): Promise<void> {
  await withAdmin(async (admin) => {
    const left = await waitUntilUnused(admin, name);
    await admin.query(`drop database if exists ${name} with (force)`);
    if (left.length > 0) throw new Error(`The test left connections to ${name} open:\n  ${left.join('\n  ')}`);
  });
}

/** Waits for the connections of database `name` to close; returns a line for each that stays. */
async function waitUntilUnused(admin: pg.Client, name: string): Promise<string[]> {
  const end = performance.now() + CLOSING_GRACE_MS;
  for (;;) {
    const left = await listConnections(admin, name);
    if (left.length === 0 || performance.now() > end) return left;
    await admin.query('select pg_sleep(0.02)');
  }
}

/** One line per client connection to database `name`, or to any (`%`): database, application, state, last statement. */
export async function listConnections(admin: pg.Client, name: string): Promise<string[]> {
  const answer = await admin.query<{ line: string }>(
    `select format('%s %s %s: %s', datname, application_name, state, left(query, 200)) as line
       from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid() and datname like $1`,
    [name],
  );
  return answer.rows.map((row) => row.line);
}

/** Runs `use` on a connection of its own to `adminUrl` (by default the test run's) and closes it in every case. */
export async function withAdmin<T>(use: (admin: pg.Client) => Promise<T>, adminUrl = readAdminUrl()): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'testkit' });
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(readAdminUrl());
  url.pathname = `/${name}`;
  return url.toString();
}

/** By the socket, if there is one: the tests of the server ask a hundred thousand times. */
function stateUrl(name: string): string {
  const url = new URL(databaseUrl(name));
  const folder = process.env.TOWPATH_TEST_DATABASE_SOCKET_FOLDER;
  if (folder !== undefined) url.hostname = encodeURIComponent(folder);
  return url.toString();
}

function readAdminUrl(): string {
  const url = process.env.TOWPATH_TEST_DATABASE_ADMIN_URL;
  if (url) return url;
  throw new TowpathError({
    code: 'TEST_DATABASE_MISSING',
    message: 'This test needs the PostgreSQL of the test run.',
    cause: 'TOWPATH_TEST_DATABASE_ADMIN_URL is not set; the global setup of the root vitest.config.ts sets it.',
    fix: 'Run it from the root of the repository: npx vitest run <path>',
  });
}
