// A database with much in it, for tests of how statements are planned.
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { connectionConfig } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';

/** Creates it before the tests of a file, fills it by this SQL, and drops it after them. Returns what gives a connection, and the URL. */
export function useFilledDatabase(fill: string): (() => pg.Client) & { getUrl(): string } {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase({ template: 'state', migrate });
    client = new pg.Client(connectionConfig(database.url));
    await client.connect();
    await client.query(fill);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  return Object.assign(() => client, { getUrl: () => database.url });
}
