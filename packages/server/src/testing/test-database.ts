// A database of its own for a test file: a copy of a migrated template, dropped afterwards.
import { randomUUID } from 'node:crypto';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';

/** A fresh database; whoever made it drops it. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** URL of a superuser's database on a PostgreSQL for tests. */
export function getAdminUrl(): string {
  const url = process.env.TOWPATH_TEST_DATABASE_ADMIN_URL;
  if (url) return url;
  throw new Error('TOWPATH_TEST_DATABASE_ADMIN_URL must name a PostgreSQL for tests (run them by `make test`).');
}

/** An empty database: for tests of migration itself. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

/** A migrated database. The template is made once per process and PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  template ??= createTemplate();
  return createDatabase(await template);
}

let template: Promise<string> | undefined;

async function createTemplate(): Promise<string> {
  const empty = await createEmptyDatabase();
  await migrate(empty.url);
  return new URL(empty.url).pathname.slice(1);
}

/** Drops the template; to be called when no more databases are made. */
export async function dropTemplate(): Promise<void> {
  if (template) await dropDatabase(await template);
  template = undefined;
}

async function createDatabase(from: string): Promise<TestDatabase> {
  const name = `towpath_test_${randomUUID().replaceAll('-', '')}`;
  await withConnection(getAdminUrl(), (client) => client.query(`create database ${name} template ${from}`));
  const url = new URL(getAdminUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => dropDatabase(name) };
}

async function dropDatabase(name: string): Promise<void> {
  await withConnection(getAdminUrl(), (client) => client.query(`drop database if exists ${name} with (force)`));
}
