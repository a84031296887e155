// Brings a database to the newest schema: numbered SQL files, each in its own transaction, one migrator at a time.
import { readdir, readFile } from 'node:fs/promises';
import { TOWPATH, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { withConnection } from './database.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
/** Any constant; all migrators of one database must share it ("towpath" in ASCII, cut to 32 bits). */
const MIGRATION_LOCK = 0x746f_7770;

interface Migration {
  readonly version: number;
  readonly name: string;
}

/**
 * Applies what is missing and returns the versions before and after. Two at once: the second waits and finds nothing to do.
 *
 * @throws TowpathError `SCHEMA_NEWER` when a newer Towpath has been here
 */
export function migrate(databaseUrl: string): Promise<{ from: number; to: number }> {
  return withConnection(databaseUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create table if not exists schema_migrations (
      version integer constraint schema_migrations_pkey primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )`);
    const migrations = await listMigrations();
    const from = await readSchemaVersion(client);
    const to = newestOf(migrations);
    refuseNewer(from, to);
    for (const migration of migrations.filter(({ version }) => version > from)) await applyMigration(client, migration);
    return { from, to };
  });
}

/**
 * Makes sure that a server of this version can work on the database.
 *
 * @throws TowpathError `SCHEMA_NEWER`, `SCHEMA_OLDER`
 */
export async function checkSchemaVersion(db: Pick<pg.Pool, 'query'>): Promise<void> {
  const known = newestOf(await listMigrations());
  const exists = await db.query<{ found: boolean }>(`select to_regclass('schema_migrations') is not null as found`);
  const version = exists.rows[0]?.found ? await readSchemaVersion(db) : 0;
  refuseNewer(version, known);
  if (version === known) return;
  throw new TowpathError({
    code: 'SCHEMA_OLDER',
    message: 'The database has an older schema than this server needs.',
    cause: `It has version ${version}, the server needs ${known}.`,
    fix: `Migrate it first: \`${TOWPATH} server\` and \`${TOWPATH} dev\` do so when they start.`,
  });
}

async function listMigrations(): Promise<readonly Migration[]> {
  const files = (await readdir(MIGRATIONS)).filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file)).sort();
  return files.map((name) => ({ version: Number(name.slice(0, 4)), name }));
}

function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

async function readSchemaVersion(db: Pick<pg.Pool, 'query'>): Promise<number> {
  const answer = await db.query<{ version: number }>(
    'select coalesce(max(version), 0) as version from schema_migrations',
  );
  return answer.rows[0]?.version ?? 0;
}

async function applyMigration(client: pg.Client, { version, name }: Migration): Promise<void> {
  const text = await readFile(new URL(name, MIGRATIONS), 'utf8');
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name]);
    await client.query('commit');
  } catch (thrown) {
    await client.query('rollback');
    throw thrown;
  }
}

function refuseNewer(version: number, known: number): void {
  if (version <= known) return;
  throw new TowpathError({
    code: 'SCHEMA_NEWER',
    message: 'The database was migrated by a newer Towpath.',
    cause: `It has schema version ${version}, this program knows ${known}.`,
    fix: 'Use that newer version, or another database.',
  });
}
