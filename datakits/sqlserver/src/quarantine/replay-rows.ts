// Fixed rows into the data they were missing from: under the target's lock and fence, in one transaction with their audit
// row. A row is replayed once, because the state that allows it changes in the same transaction.
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { type Client, escapeLiteral } from 'pg';
import { readPublishedColumns } from '../bronze/check-target.ts';
import { readControlRow } from '../bronze/control-row.ts';
import { failIngestion } from '../bronze/fail-ingestion.ts';
import type { Ingestion } from '../bronze/ingestion.ts';
import { lockTarget } from '../bronze/lock-target.ts';
import type { PublishedColumns } from '../bronze/schema-change.ts';
import { startIngestion } from '../bronze/start-ingestion.ts';
import { quoteIdentifier, quoteTable, readTargetName, type TargetTable } from '../bronze/target-table.ts';
import { LINEAGE_COLUMNS } from '../encode/plan-columns.ts';
import type { AttemptIdentity } from '../settings/attempt-identity.ts';
import { nameSourceTable } from '../source/source-table.ts';
import { listQuarantined, type QuarantinedEntry } from './quarantined-row.ts';

/** What is replayed. */
export interface ReplayRequest {
  /** `bronze.dbo_products` */
  readonly target: string;
  readonly identity: AttemptIdentity;
  readonly lockTimeoutSeconds: number;
  readonly by: string;
}

/** What came of it. */
export interface ReplayResult {
  readonly replayed: number;
  /** Fixed again after their row was loaded, in a table without a key: only the next load can put the new fix in its place. */
  readonly waiting: number;
}

/** Replays the fixed rows of a target, all or none. Errors: `INGEST_BUSY`, `INGEST_FENCED`, `QUARANTINE_REPLAY_FAILED`. */
export async function replayRows(client: Client, request: ReplayRequest): Promise<ReplayResult> {
  const target = readTargetName(request.target);
  await lockTarget(client, target, request.lockTimeoutSeconds);
  const { key } = await readControlRow(client, target);
  const fixed = await listQuarantined(client, target.schema, { target: target.name, status: 'FIXED' });
  const entries = fixed.filter(({ appliedBatchId }) => appliedBatchId === null || key.length > 0);
  const result = { replayed: entries.length, waiting: fixed.length - entries.length };
  if (entries.length === 0) return result;
  const ingestion = await startIngestion(client, {
    ...(await readOwner(client, target)),
    ...request.identity,
    target,
    kind: 'replay',
  });
  await client.query('begin');
  try {
    await checkFence(client, ingestion);
    const columns = await readPublishedColumns(client, target);
    for (const entry of entries) await replayRow(client, ingestion, { entry, columns, key, by: request.by });
    await recordReplay(client, ingestion, entries.length);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    await failIngestion(client, ingestion, formatErrorLines(toErrorFacts(error)));
    throw error;
  }
}

async function readOwner(client: Client, target: TargetTable): Promise<Pick<Ingestion, 'source' | 'sourceSystem'>> {
  const found = await client.query<{ system: string; schema: string; table: string }>(
    `select source_system as system, source_schema as schema, source_table as table
       from ${quoteIdentifier(target.schema)}.table_metadata where table_name = $1`,
    [target.name],
  );
  const row = found.rows[0];
  return { sourceSystem: row?.system ?? '', source: nameSourceTable(row?.schema ?? '', row?.table ?? '') };
}

async function checkFence(client: Client, { target, fence }: Ingestion): Promise<void> {
  const held = await client.query(
    `select 1 from ${quoteIdentifier(target.schema)}.ingestion_target where target_table = $1 and fence = $2 for update`,
    [target.name, fence],
  );
  if (held.rowCount === 1) return;
  throw new TowpathError({
    code: 'INGEST_FENCED',
    message: `A later ingestion of ${target.name} has begun; nothing was replayed.`,
    fix: 'Run again after it.',
  });
}

interface Replay {
  readonly entry: QuarantinedEntry;
  readonly columns: PublishedColumns;
  readonly key: readonly string[];
  readonly by: string;
}

async function replayRow(client: Client, ingestion: Ingestion, replay: Replay): Promise<void> {
  const { entry, by } = replay;
  const values = { ...entry.record, ...entry.fixed };
  const schema = quoteIdentifier(ingestion.target.schema);
  const marked = await client.query(
    `update ${schema}.ingestion_quarantine
        set remediation_status = 'REPLAYED', remediated_by = $2, remediated_at = clock_timestamp(),
            applied_batch_id = $3, retry_count = retry_count + 1, last_retry_at = clock_timestamp()
      where quarantine_id = $1 and remediation_status = 'FIXED'`,
    [entry.id, by, ingestion.batchId],
  );
  if (marked.rowCount !== 1) throw refuseReplay(entry, 'It is no longer FIXED.');
  const unknown = Object.keys(values).filter((name) => !replay.columns.has(name));
  if (unknown.length > 0) throw refuseReplay(entry, `${entry.target} no longer has ${unknown.join(', ')}.`);
  await client
    .query(formatInsert(ingestion.target, Object.keys(values), replay), [
      JSON.stringify(values),
      ingestion.sourceSystem,
      ingestion.source.schema,
      ingestion.source.table,
      ingestion.batchId,
    ])
    .catch((error: Error) => {
      throw refuseReplay(entry, error.message);
    });
}

// Of an incremental target a row that is there is brought up to date; a snapshot has no key of ours.
function formatInsert(target: TargetTable, names: readonly string[], { columns, key }: Replay): string {
  const own = names.map(quoteIdentifier);
  const lineage = LINEAGE_COLUMNS.map(({ name }) => quoteIdentifier(name));
  const all = [...own, ...lineage];
  const values = names.map((name) => `(record ->> ${escapeLiteral(name)})::${columns.get(name)}`);
  const conflict = key.length > 0 ? formatConflict(key, all) : '';
  return `insert into ${quoteTable(target.schema, target.table)} (${all.join(', ')})
    select ${values.join(', ')}, now(), $2, $3, $4, $5::uuid from (select $1::jsonb as record) as quarantined ${conflict}`;
}

function formatConflict(key: readonly string[], all: readonly string[]): string {
  const assignments = all.map((name) => `${name} = excluded.${name}`).join(', ');
  return `on conflict (${key.map(quoteIdentifier).join(', ')}, _source_table) do update set ${assignments}`;
}

async function recordReplay(client: Client, { target, auditId }: Ingestion, count: number): Promise<void> {
  const schema = quoteIdentifier(target.schema);
  await client.query(
    `update ${schema}.ingestion_audit
        set status = 'success', ingestion_completed_at = clock_timestamp(), rows_processed = $2, rows_read = $2,
            rows_loaded = $2, rows_fixed = $2, rows_quarantined = 0, bytes_loaded = 0, source_isolation = 'none: from quarantine'
      where audit_id = $1 and status = 'running'`,
    [auditId, count],
  );
  await client.query(
    `update ${schema}.table_metadata set updated_at = now(),
            row_count = (select count(*) from ${quoteTable(target.schema, target.table)})
      where table_name = $1`,
    [target.name],
  );
}

function refuseReplay(entry: QuarantinedEntry, cause: string): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_REPLAY_FAILED',
    message: `Row ${entry.id} can't be loaded into ${entry.target}; nothing was replayed.`,
    cause,
    fix: 'Correct it with `quarantine fix`, or leave it out with `quarantine ignore`.',
  });
}
