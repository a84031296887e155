// Roles and databases of the embedded PostgreSQL: `towpath` for the control plane's state, `bronze` as the warehouse.

import pg from 'pg';
import type { Credentials } from './credentials.ts';
import { SUPERUSER } from './data-folder.ts';

/** Written on `bronze` as the last step; raise the number when the statements below change. */
const SETUP_MARK = 'towpath embedded setup 2';

/** Any constant, the same in every version: makes two first starts set up one after the other. */
const SETUP_LOCK = 7_090_187;

/** A server that accepts but does not answer for this long on loopback is not coming. */
const CONNECT_TIMEOUT_MS = 10_000;

/** URL of `database` for the superuser. */
export function formatAdminUrl(port: number, credentials: Credentials, database = 'postgres'): string {
  return `postgres://${SUPERUSER}:${credentials.superuserPassword}@127.0.0.1:${port}/${database}`;
}

/** URL of the control plane's state for its own role; `host` may be the folder of a socket. */
export function formatStateUrl(port: number, { statePassword }: Credentials, host = '127.0.0.1'): string {
  return `postgres://towpath:${statePassword}@${encodeURIComponent(host)}:${port}/towpath`;
}

/** URL of another environment's warehouse for its role, which needs no password. */
export function formatWarehouseUrl(port: number, { database, user }: WarehouseNames): string {
  return `postgres://${encodeURIComponent(user)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** A database and the one role that may connect to it. */
export interface WarehouseNames {
  readonly database: string;
  readonly user: string;
}

/** What a warehouse is made with. */
export interface WarehouseRequest {
  readonly port: number;
  readonly credentials: Credentials;
  readonly warehouse: WarehouseNames;
}

/** Makes a warehouse besides `bronze`, under the same terms: its role owns its schemas, not the database. Idempotent. */
export async function ensureWarehouse(
  client: pg.Client,
  { port, credentials, warehouse: { database, user } }: WarehouseRequest,
): Promise<void> {
  const [quotedDatabase, quotedUser] = [client.escapeIdentifier(database), client.escapeIdentifier(user)];
  await ensureRole(client, user, 'connection limit 20');
  await ensureDatabase(client, database, SUPERUSER);
  await client.query(`revoke connect, temporary on database ${quotedDatabase} from public`);
  await client.query(`grant create, connect, temporary on database ${quotedDatabase} to ${quotedUser}`);
  await withConnection(formatAdminUrl(port, credentials, encodeURIComponent(database)), async (inside) => {
    await inside.query(`create schema if not exists bronze authorization ${quotedUser}`);
    await inside.query(`grant create on schema public to ${quotedUser}`);
  });
}

/** Runs `work` on one connection and closes it. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that dies between statements reports here; the next statement reports it to us.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes roles, databases, grants and the schema `bronze`. Idempotent, and resumable after a crash at any statement. */
export async function ensureDatabases(client: pg.Client, port: number, credentials: Credentials): Promise<void> {
  if (await isSetUp(client)) return;
  await client.query('select pg_advisory_lock($1)', [SETUP_LOCK]);
  if (await isSetUp(client)) return;
  await ensureRole(
    client,
    'towpath',
    `connection limit 35 password ${client.escapeLiteral(credentials.statePassword)}`,
  );
  await ensureRole(client, 'bronze_user', 'connection limit 20');
  await ensureDatabase(client, 'towpath', 'towpath');
  await ensureDatabase(client, 'bronze', SUPERUSER);
  await takeOverBronze(client);
  await client.query('revoke connect, temporary on database towpath, bronze, postgres, template1 from public');
  await withConnection(formatAdminUrl(port, credentials, 'bronze'), async (bronze) => {
    await bronze.query('create schema if not exists bronze authorization bronze_user');
    // The owner of a database may create in its schema public; people's own tables and views go there by default.
    await bronze.query('grant create on schema public to bronze_user');
  });
  await client.query(`comment on database bronze is ${client.escapeLiteral(SETUP_MARK)}`);
  // The lock ends with the session.
}

/**
 * `bronze_user` needs no password, so it owns its schemas but not the database: an owner can close it to connections and
 * remove our mark. Databases of set-up 1 belonged to it; what an owner can close is opened again.
 */
async function takeOverBronze(client: pg.Client): Promise<void> {
  await client.query(`alter database bronze owner to ${client.escapeIdentifier(SUPERUSER)}`);
  await client.query('alter database bronze with allow_connections true connection limit -1');
  await client.query('grant create, connect, temporary on database bronze to bronze_user');
}

async function isSetUp(client: pg.Client): Promise<boolean> {
  const found = await client.query(
    `select 1 from pg_database where datname = 'bronze' and shobj_description(oid, 'pg_database') = $1`,
    [SETUP_MARK],
  );
  return found.rowCount === 1;
}

async function ensureRole(client: pg.Client, name: string, options: string): Promise<void> {
  const found = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  const verb = found.rowCount === 1 ? 'alter' : 'create';
  await client.query(`${verb} role ${client.escapeIdentifier(name)} login ${options}`);
}

async function ensureDatabase(client: pg.Client, name: string, owner: string): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (found.rowCount === 1) return;
  await client.query(`create database ${client.escapeIdentifier(name)} owner ${client.escapeIdentifier(owner)}`);
}
