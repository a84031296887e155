// Publishing: one transaction in which audit, metadata, control row and data change together. Lock order: the control
// row of the target, then the published table. What readers feel is the exclusive lock at the end, some milliseconds.
import { setTimeout as sleep } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { listTargetColumns } from './check-target.ts';
import type { Ingestion, LoadCounts } from './ingestion.ts';
import { isLockTimeout } from './lock-target.ts';
import { quoteStage } from './stage.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What is published with the data. */
export interface Publication {
  readonly counts: LoadCounts;
  readonly sourceIsolation: string;
  /** Source address without login, for table_metadata. */
  readonly connectionString: string;
  readonly plan: readonly PlannedColumn[];
  /** Longest wait for readers that keep the published table busy. */
  readonly lockTimeoutSeconds: number;
  readonly signal: AbortSignal;
}

// Readers that come while we wait for the lock queue up behind us, so one try is short: a reader never waits longer than
// this because of a try that fails. In between the queue drains.
const LOCK_TRY_MS = 500;
const LOCK_PAUSE_MS = 500;

/** Publishes the stage. Errors: `INGEST_FENCED`, `PUBLISH_LOCK_TIMEOUT`; either way nothing has changed. */
export async function publishStage(client: Client, ingestion: Ingestion, publication: Publication): Promise<void> {
  await client.query('begin');
  try {
    await advanceControlRow(client, ingestion);
    await recordSuccess(client, ingestion, publication);
    await recordMetadata(client, ingestion, publication);
    await swapParts(client, ingestion, publication);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Refreshes the planner's view of the published table, which autovacuum leaves out for partitioned tables. */
export async function analyzePublished(client: Client, { target }: Ingestion): Promise<void> {
  // Since PostgreSQL 18 ANALYZE descends into the parts, and the stage has been analyzed already.
  const version = await client.query<{ number: number }>("select current_setting('server_version_num')::int as number");
  const only = (version.rows[0]?.number ?? 0) >= 180_000 ? 'only ' : '';
  await client.query(`analyze ${only}${quoteTable(target.schema, target.table)}`);
}

async function advanceControlRow(client: Client, { target, fence, batchId }: Ingestion): Promise<void> {
  const advanced = await client.query(
    `update ${quoteIdentifier(target.schema)}.ingestion_target set batch_id = $3, updated_at = clock_timestamp()
      where target_table = $1 and fence = $2`,
    [target.name, fence, batchId],
  );
  if (advanced.rowCount === 1) return;
  throw new TowpathError({
    code: 'INGEST_FENCED',
    message: `A later ingestion of ${target.name} has begun; this one publishes nothing.`,
    cause: `It holds fence ${fence}, and the target's control row has moved on.`,
    fix: 'Nothing to do: the later one counts.',
  });
}

async function recordSuccess(client: Client, ingestion: Ingestion, publication: Publication): Promise<void> {
  const { rowsRead, rowsLoaded, rowsQuarantined, bytes } = publication.counts;
  const recorded = await client.query(
    `update ${quoteIdentifier(ingestion.target.schema)}.ingestion_audit
        set status = 'success', ingestion_completed_at = clock_timestamp(), rows_processed = $2, rows_read = $2,
            rows_loaded = $3, rows_quarantined = $4, bytes_loaded = $5, source_isolation = $6
      where audit_id = $1 and status = 'running'`,
    [ingestion.auditId, rowsRead, rowsLoaded, rowsQuarantined, bytes, publication.sourceIsolation],
  );
  if (recorded.rowCount === 1) return;
  throw new TowpathError({
    code: 'AUDIT_ROW_LOST',
    message: `The audit row ${ingestion.auditId} of ${ingestion.target.name} is no longer running.`,
    cause: 'Another session closed or removed it while this ingestion ran.',
    fix: 'Look at ingestion_audit, then run again. Nothing was published.',
  });
}

async function recordMetadata(client: Client, ingestion: Ingestion, publication: Publication): Promise<void> {
  await client.query(
    `insert into ${quoteIdentifier(ingestion.target.schema)}.table_metadata
       (table_name, source_system, source_schema, source_table, source_connection_string, last_ingestion_at,
        row_count, size_bytes, columns_json)
     values ($1, $2, $3, $4, $5, now(), $6, pg_total_relation_size($7::regclass), $8)
     on conflict (table_name) do update set
       source_connection_string = excluded.source_connection_string, last_ingestion_at = excluded.last_ingestion_at,
       row_count = excluded.row_count, size_bytes = excluded.size_bytes, columns_json = excluded.columns_json,
       updated_at = now()`,
    [
      ingestion.target.name,
      ingestion.sourceSystem,
      ingestion.source.schema,
      ingestion.source.table,
      publication.connectionString,
      publication.counts.rowsLoaded,
      quoteStage(ingestion),
      JSON.stringify(describeColumns(publication.plan)),
    ],
  );
}

function describeColumns(plan: readonly PlannedColumn[]): object[] {
  return plan.map(({ source, targets }) => ({
    source: source.name,
    sourceType: source.type,
    nullable: source.nullable,
    targets: targets.map((target) => ({ name: target.name, type: target.postgresType })),
  }));
}

async function swapParts(client: Client, ingestion: Ingestion, publication: Publication): Promise<void> {
  const published = quoteTable(ingestion.target.schema, ingestion.target.table);
  await client.query(formatPublishedTable(published, publication.plan));
  await lockPublished(client, published, publication);
  const parts = await client.query<{ part: string }>(
    'select inhrelid::regclass::text as part from pg_inherits where inhparent = $1::regclass',
    [published],
  );
  for (const { part } of parts.rows) {
    await client.query(`alter table ${published} detach partition ${part}`);
    await client.query(`drop table ${part}`);
  }
  await client.query(`alter table ${published} attach partition ${quoteStage(ingestion)} default`);
}

// The partition key never decides anything: there is one part, the default one. It is a column with the same value in
// every row, so a unique key that people want can include it without meaning something else.
function formatPublishedTable(published: string, plan: readonly PlannedColumn[]): string {
  const lineage = new Set(['_loaded_at', '_source_system', '_source_schema', '_source_table', '_batch_id']);
  const columns = listTargetColumns(plan).map(
    ({ name, postgresType }) => `${quoteIdentifier(name)} ${postgresType}${lineage.has(name) ? ' not null' : ''}`,
  );
  return `create table if not exists ${published} (${columns.join(', ')}) partition by list (_source_table)`;
}

async function lockPublished(client: Client, published: string, publication: Publication): Promise<void> {
  const deadline = performance.now() + publication.lockTimeoutSeconds * 1_000;
  await client.query(`set local lock_timeout = ${LOCK_TRY_MS}`);
  for (;;) {
    publication.signal.throwIfAborted();
    if (await tryLock(client, published)) break;
    if (performance.now() > deadline) throw refuseLock(published, publication.lockTimeoutSeconds);
    await sleep(LOCK_PAUSE_MS, undefined, { signal: publication.signal });
  }
}

async function tryLock(client: Client, published: string): Promise<boolean> {
  await client.query('savepoint before_lock');
  try {
    await client.query(`lock table ${published} in access exclusive mode`);
    return true;
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    await client.query('rollback to savepoint before_lock');
    return false;
  }
}

function refuseLock(published: string, seconds: number): TowpathError {
  return new TowpathError({
    code: 'PUBLISH_LOCK_TIMEOUT',
    message: `${published} could not be replaced: other transactions kept it in use.`,
    cause: `None of the short lock attempts of ${seconds} seconds succeeded; readers still see the previous data.`,
    fix: 'End transactions that stay open on it (pg_stat_activity, state idle in transaction), or raise --lock-timeout.',
  });
}
