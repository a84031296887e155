// A PostgreSQL database: its marker is the one row of towpath.environment_identity.
import { ENVIRONMENT_KINDS, type TargetMarker } from '@towpath/core';
import pg from 'pg';
import { claimFailed, targetUnreachable } from '../target-errors.ts';
import type { TargetStore } from '../target-store.ts';

/** Where it is and who asks; all resolved. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** An attempt waits for this once per target; a database that takes longer is as good as away. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 5_000;

const READ = `select environment, kind from towpath.environment_identity`;
/** Two who create at once would fail on the catalogue's unique keys; any constant, of this database only. */
const LOCK = 'select pg_advisory_xact_lock(7004001)';
const CREATE = `
create table if not exists towpath.environment_identity (
  is_only boolean primary key default true check (is_only),
  environment text not null,
  kind text not null,
  claimed_at timestamptz not null default now(),
  claimed_by text not null
)`;
const CLAIM = `
insert into towpath.environment_identity (environment, kind, claimed_by) values ($1, $2, $3)
on conflict (is_only) do nothing`;

/** Creates the store; each call is a connection of its own. */
export function createPostgresTarget(at: PostgresPlace): TargetStore {
  const place = `postgres ${at.host}:${at.port}/${at.database}`;
  return {
    place,
    key: place,
    readMarker: () =>
      withClient(at, readMarker).catch((thrown: unknown) => {
        throw targetUnreachable(place, codeOf(thrown));
      }),
    claim: (marker, by) =>
      withClient(at, (client) => claim(client, marker, by)).catch((thrown: unknown) => {
        throw claimFailed(place, codeOf(thrown));
      }),
  };
}

async function readMarker(client: pg.Client): Promise<TargetMarker | undefined> {
  const table = await client.query<{ found: boolean }>(
    `select to_regclass('towpath.environment_identity') is not null as found`,
  );
  if (table.rows[0]?.found !== true) return undefined;
  const { rows } = await client.query<{ environment: string; kind: string }>(READ);
  const [row] = rows;
  if (row === undefined) return undefined;
  // A word that this version does not know is treated as what may do least damage when it is refused.
  const kind = ENVIRONMENT_KINDS.find((known) => known === row.kind) ?? 'production';
  return { environment: row.environment, kind };
}

async function claim(client: pg.Client, { environment, kind }: TargetMarker, by: string): Promise<TargetMarker> {
  await client.query('begin');
  await client.query(LOCK);
  const standing = await readMarker(client);
  if (standing === undefined) {
    await client.query('create schema if not exists towpath');
    await client.query(CREATE);
    await client.query(CLAIM, [environment, kind, by]);
  }
  await client.query('commit');
  return standing ?? { environment, kind };
}

async function withClient<T>(at: PostgresPlace, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...at,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // A server that is gone without a word says nothing of its own time limit either.
    query_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'towpath-identity',
  });
  // A connection that dies between statements reports here; the next statement reports it to us.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The driver's code, never its message: that may quote a connection string. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'no answer';
}
