// `npm run schema:dump -w @towpath/server`: writes schema.sql from a database that has just been migrated.
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { withConnection } from './database.ts';
import { dumpSchema } from './dump-schema.ts';
import { migrate } from './migrate.ts';

const adminUrl = process.env.TOWPATH_TEST_DATABASE_ADMIN_URL;
if (!adminUrl)
  throw new Error('Set TOWPATH_TEST_DATABASE_ADMIN_URL to a PostgreSQL 18 where databases may be created.');

const name = `towpath_schema_${randomUUID().replaceAll('-', '')}`;
const url = new URL(adminUrl);
url.pathname = `/${name}`;
await withConnection(adminUrl, (client) => client.query(`create database ${name} template template0`));
try {
  await migrate(url.href);
  await writeFile(new URL('./schema.sql', import.meta.url), await dumpSchema(url.href));
} finally {
  await withConnection(adminUrl, (client) => client.query(`drop database ${name} with (force)`));
}
