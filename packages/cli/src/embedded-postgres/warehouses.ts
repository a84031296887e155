// Warehouses of other environments beside `bronze`: a database and a role for each, so that one never sees what another has. Which
// there are is kept beside the data; a later start opens them again.
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import { ensureCredentials } from './credentials.ts';
import { WAREHOUSE_RULES_FILE } from './data-folder.ts';
import { ensureWarehouse, formatAdminUrl, formatWarehouseUrl, withConnection } from './databases.ts';

const Warehouse = z.object({ environment: z.string(), database: z.string(), user: z.string() });

/** The warehouse of one environment; its role needs no password on loopback, and reaches nothing else. */
export type ExtraWarehouse = z.infer<typeof Warehouse>;

/** One that is asked for; its role follows from the database. */
export type WantedWarehouse = Pick<ExtraWarehouse, 'environment' | 'database'>;

/** Where the embedded PostgreSQL is that runs. */
export interface RunningPostgres {
  readonly folder: string;
  readonly port: number;
}

/** Names that the laptop's own state and `local` have, and those of PostgreSQL. */
const TAKEN = new Set(['towpath', 'bronze', 'postgres', 'template0', 'template1']);

/** How long PostgreSQL may take to read its host rules again: it does so at once, on a busy machine a moment later. */
const RELOAD_MS = 10_000;

/**
 * Opens the warehouses that are asked for and those of earlier starts; returns all. Idempotent.
 *
 * @throws TowpathError `WAREHOUSE_NAME_INVALID`
 */
export async function openWarehouses(
  { folder, port }: RunningPostgres,
  wanted: readonly WantedWarehouse[],
): Promise<readonly ExtraWarehouse[]> {
  const asked = wanted.map((one) => ({ ...one, user: `${checkName(one.database)}_user` }));
  const kept = readKept(folder).filter(({ environment }) => !asked.some((one) => one.environment === environment));
  const all = [...kept, ...asked];
  if (all.length === 0) return all;
  const credentials = await ensureCredentials(folder, true);
  await withConnection(formatAdminUrl(port, credentials), async (client) => {
    for (const warehouse of all) await ensureWarehouse(client, { port, credentials, warehouse });
    await replaceFile(join(folder, 'data', WAREHOUSE_RULES_FILE), all.map(formatRules).join(''));
    await client.query('select pg_reload_conf()');
  });
  for (const warehouse of asked) await waitUntilOpen(formatWarehouseUrl(port, warehouse));
  await replaceFile(join(folder, 'warehouses.json'), `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

function formatRules({ database, user }: ExtraWarehouse): string {
  return ['127.0.0.1/32', '::1/128'].map((place) => `host "${database}" "${user}" ${place} trust\n`).join('');
}

// Read by the server's own account, which may be another than ours; the folder lets in nobody else.
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text, { mode: 0o644 });
  await rename(`${path}.tmp`, path);
}

async function waitUntilOpen(url: string): Promise<void> {
  const deadline = Date.now() + RELOAD_MS;
  for (;;) {
    try {
      return await withConnection(url, async () => undefined);
    } catch (thrown) {
      if (Date.now() > deadline) throw thrown;
      await pause(20);
    }
  }
}

function readKept(folder: string): readonly ExtraWarehouse[] {
  try {
    return z.array(Warehouse).parse(JSON.parse(readFileSync(join(folder, 'warehouses.json'), 'utf8')));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

/** PostgreSQL cuts longer names, and the role's is that of the database with `_user`. */
function checkName(database: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,57}$/.test(database) && !TAKEN.has(database)) return database;
  throw new TowpathError({
    code: 'WAREHOUSE_NAME_INVALID',
    message: `${JSON.stringify(database.slice(0, 100))} can't be the database of another environment here.`,
    cause: TAKEN.has(database)
      ? 'It is the database of `local`, of the state, or of PostgreSQL itself.'
      : 'It is no name of up to 58 letters, digits, _ . and -.',
    fix: 'Give the environment another BRONZE_DATABASE.',
  });
}
