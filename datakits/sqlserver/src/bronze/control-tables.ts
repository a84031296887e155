// The tables the datakit keeps beside the data: audit, metadata, and one control row per target.
import type { Client } from 'pg';
import { quoteIdentifier } from './target-table.ts';

/** Any constant of ours: it orders the first starts of two datakits on an empty warehouse. */
const CREATION_LOCK = 7_046_010;

/** The schema that holds stages and the live parts of published tables, so that bronze itself lists only published tables. */
export function partsSchema(targetSchema: string): string {
  return `${targetSchema}_parts`;
}

/** Grows with each change below; kept as the comment of `ingestion_target`, so that one look tells whether all is there. */
const VERSION = 'towpath control tables 3';

/**
 * Creates schemas and control tables where they are missing, and columns that a version before did not have. Idempotent.
 * Looks first: `create index if not exists` locks its table against writers even when the index is there, and would wait
 * for every ingestion that is just publishing.
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
  const found = await client.query<{ version: string | null; schemas: number }>(
    `select obj_description(to_regclass($3), 'pg_class') as version,
            (select count(*)::int from pg_namespace where nspname in ($1, $2)) as schemas`,
    [targetSchema, partsSchema(targetSchema), `${quoteIdentifier(targetSchema)}.ingestion_target`],
  );
  const row = found.rows[0];
  return row?.version === VERSION && row.schemas === 2;
}

// `create schema if not exists` asks for the right to create even when the schema is there.
async function ensureSchema(client: Client, schema: string): Promise<void> {
  const found = await client.query('select 1 from pg_namespace where nspname = $1', [schema]);
  if (found.rowCount === 0) await client.query(`create schema ${quoteIdentifier(schema)}`);
}

function controlTables(schema: string): string {
  return `
${auditTable(schema)}
${metadataTable(schema)}
${targetTable(schema)}
${quarantineTable(schema)}
comment on table ${schema}.ingestion_target is '${VERSION}';`;
}

// What a version before did not have is added, so that old tables and new ones end alike.
function auditTable(schema: string): string {
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
alter table ${schema}.ingestion_audit
  add column if not exists kind text not null default 'snapshot',
  add column if not exists rows_inserted bigint,
  add column if not exists rows_updated bigint,
  add column if not exists rows_deleted bigint,
  add column if not exists cursor_from text,
  add column if not exists cursor_to text,
  add column if not exists values_changed jsonb,
  add column if not exists schema_changes text,
  add column if not exists rows_fixed bigint;
-- A batch is published once per target, whatever two attempts believe.
create unique index if not exists ingestion_audit_batch on ${schema}.ingestion_audit (target_table, batch_id)
  where status = 'success';
create index if not exists ingestion_audit_running on ${schema}.ingestion_audit (target_table) where status = 'running';`;
}

function metadataTable(schema: string): string {
  return `
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
);`;
}

function targetTable(schema: string): string {
  return `
create table if not exists ${schema}.ingestion_target (
  target_table text primary key,
  fence bigint not null,
  cursor_text text,
  batch_id uuid,
  updated_at timestamptz not null default now()
);
alter table ${schema}.ingestion_target
  add column if not exists mode text not null default 'snapshot',
  add column if not exists cursor_column text,
  add column if not exists key_columns jsonb;`;
}

// Rows that bronze could not hold. `raw_record` has what could be read, as text that casts to the column of that name;
// `bad_values` what could not: column, code, reason, text and bytes in hex. `row_hash` recognises the row when it comes again,
// `applied_batch_id` is the last batch that brought it into bronze with its fix.
function quarantineTable(schema: string): string {
  return `
create table if not exists ${schema}.ingestion_quarantine (
  quarantine_id bigint generated always as identity primary key,
  source_system text not null,
  source_schema text not null,
  source_table text not null,
  target_table text not null,
  batch_id uuid not null,
  run_id text,
  attempt_id text not null,
  row_number bigint not null,
  row_key jsonb,
  failed_field text not null,
  expected_type text not null,
  actual_value text,
  error_type text not null,
  error_message text not null,
  raw_record jsonb not null,
  bad_values jsonb not null,
  fixed_values jsonb,
  remediation_status text not null default 'PENDING'
    check (remediation_status in ('PENDING', 'FIXED', 'REPLAYED', 'IGNORED', 'SUPERSEDED')),
  notes text,
  remediated_by text,
  remediated_at timestamptz,
  retry_count integer not null default 0,
  last_retry_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);
alter table ${schema}.ingestion_quarantine
  add column if not exists row_hash text,
  add column if not exists applied_batch_id uuid;
create index if not exists ingestion_quarantine_standing on ${schema}.ingestion_quarantine (target_table)
  where remediation_status <> 'SUPERSEDED';
drop index if exists ${schema}.ingestion_quarantine_open;`;
}
