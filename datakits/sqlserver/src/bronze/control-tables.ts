// The tables the datakit keeps beside the data: audit, metadata, and one control row per target.
import type { Client } from 'pg';
import { quoteIdentifier } from './target-table.ts';

/** Any constant of ours: it orders the first starts of two datakits on an empty warehouse. */
const CREATION_LOCK = 7_046_010;

/** The schema that holds stages and the live parts of published tables, so that bronze itself lists only published tables. */
export function partsSchema(targetSchema: string): string {
  return `${targetSchema}_parts`;
}

/** Everything `controlTables` makes, in both schemas. */
const RELATIONS = [
  'ingestion_audit',
  'ingestion_audit_batch',
  'ingestion_audit_running',
  'table_metadata',
  'ingestion_target',
] as const;

/**
 * Creates schemas and control tables where they are missing. Idempotent. Looks first: `create index if not exists` locks
 * its table against writers even when the index is there, and would wait for every ingestion that is just publishing.
 */
export async function ensureControlTables(client: Client, targetSchema: string): Promise<void> {
  if (await areControlTablesThere(client, targetSchema)) return;
  await client.query('begin');
  try {
    await client.query('select pg_advisory_xact_lock($1)', [CREATION_LOCK]);
    await ensureSchema(client, targetSchema);
    await ensureSchema(client, partsSchema(targetSchema));
    await client.query(controlTables(quoteIdentifier(targetSchema)));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function areControlTablesThere(client: Client, targetSchema: string): Promise<boolean> {
  const found = await client.query<{ relations: number; schemas: number }>(
    `select (select count(*)::int from pg_class join pg_namespace on pg_namespace.oid = relnamespace
              where nspname = $1 and relname = any ($3)) as relations,
            (select count(*)::int from pg_namespace where nspname in ($1, $2)) as schemas`,
    [targetSchema, partsSchema(targetSchema), RELATIONS],
  );
  const row = found.rows[0];
  return row?.relations === RELATIONS.length && row.schemas === 2;
}

// `create schema if not exists` asks for the right to create even when the schema is there.
async function ensureSchema(client: Client, schema: string): Promise<void> {
  const found = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
  if (found.rowCount === 0) await client.query(`create schema ${quoteIdentifier(schema)}`);
}

function controlTables(schema: string): string {
  return `
create table if not exists ${schema}.ingestion_audit (
  audit_id bigint generated always as identity primary key,
  source_system text not null,
  source_schema text not null,
  source_table text not null,
  target_table text not null,
  ingestion_started_at timestamptz not null default clock_timestamp(),
  ingestion_completed_at timestamptz,
  rows_processed bigint,
  rows_read bigint,
  rows_loaded bigint,
  rows_quarantined bigint,
  bytes_loaded bigint,
  status text not null check (status in ('running', 'success', 'failed')),
  error_message text,
  batch_id uuid not null,
  attempt_id text not null,
  fence bigint not null,
  source_isolation text,
  stage_table text,
  created_at timestamptz not null default clock_timestamp(),
  constraint ingestion_audit_counts check (status <> 'success' or rows_read = rows_loaded + rows_quarantined)
);
-- A batch is published once per target, whatever two attempts believe.
create unique index if not exists ingestion_audit_batch on ${schema}.ingestion_audit (target_table, batch_id)
  where status = 'success';
create index if not exists ingestion_audit_running on ${schema}.ingestion_audit (target_table) where status = 'running';

create table if not exists ${schema}.table_metadata (
  table_name text primary key,
  source_system text not null,
  source_schema text not null,
  source_table text not null,
  source_connection_string text not null,
  last_ingestion_at timestamptz not null,
  row_count bigint not null,
  size_bytes bigint not null,
  columns_json jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table if not exists ${schema}.ingestion_target (
  target_table text primary key,
  fence bigint not null,
  cursor_text text,
  batch_id uuid,
  updated_at timestamptz not null default now()
);`;
}
