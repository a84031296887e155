// Publishing: one transaction in which audit, metadata, control row, quarantine and data change together. Lock order: the
// control row of the target, then the published table. What readers of a replaced table feel is the exclusive lock at the
// end, some milliseconds.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { advanceControlRow, type ControlMove } from './control-row.ts';
import type { Ingestion, LoadCounts, MergeCounts } from './ingestion.ts';
import { translateKeyError } from './key-index.ts';
import { type Merge, mergeStage } from './merge-stage.ts';
import type { SchemaDecision } from './schema-change.ts';
import { type KeptFix, settleQuarantine } from './settle-quarantine.ts';
import { quoteStage } from './stage.ts';
import { swapParts } from './swap-parts.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What is published with the data. */
export interface Publication {
  readonly counts: LoadCounts;
  readonly sourceIsolation: string;
  /** Source address without login, for table_metadata. */
  readonly connectionString: string;
  /** All columns of the source that have a mapping, for table_metadata. */
  readonly described: readonly PlannedColumn[];
  readonly schema: SchemaDecision;
  /** Merged when given; else the stage replaces the content. */
  readonly merge: Merge | undefined;
  readonly move: ControlMove;
  /** Fixes of quarantined rows that the stage holds. */
  readonly applied: readonly KeptFix[];
  /** Longest wait for readers that keep the published table busy. */
  readonly lockTimeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Publishes the stage; gives what a merge changed. Rows put aside have been written by the same connection in a
 * transaction that is still open; it is gone on with. Errors: `INGEST_FENCED`, `PUBLISH_LOCK_TIMEOUT`,
 * `INCREMENTAL_KEY_NOT_UNIQUE`, `SCHEMA_EVOLVE_BLOCKED`, `QUARANTINE_CHANGED`; in each case nothing has changed.
 */
export async function publishStage(
  client: Client,
  ingestion: Ingestion,
  publication: Publication,
): Promise<MergeCounts | undefined> {
  if (publication.counts.rowsQuarantined === 0) await client.query('begin');
  try {
    await advanceControlRow(client, ingestion, publication.move);
    await settleQuarantine(client, ingestion, { applied: publication.applied, replacement: publication.merge });
    const changes = publication.merge ? await mergeStage(client, ingestion, publication.merge) : undefined;
    await recordSuccess(client, ingestion, { publication, changes });
    await recordMetadata(client, ingestion, { publication, changes });
    // Last, because of its lock.
    if (!publication.merge) await swapParts(client, ingestion, publication);
    await client.query('commit');
    return changes;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw translateKeyError(error, ingestion.target, publication.move.key);
  }
}

interface Published {
  readonly publication: Publication;
  readonly changes: MergeCounts | undefined;
}

async function recordSuccess(client: Client, ingestion: Ingestion, published: Published): Promise<void> {
  const { counts, sourceIsolation, move, schema } = published.publication;
  const recorded = await client.query(
    `update ${quoteIdentifier(ingestion.target.schema)}.ingestion_audit
        set status = 'success', ingestion_completed_at = clock_timestamp(), rows_processed = $2, rows_read = $2,
            rows_loaded = $3, rows_quarantined = $4, bytes_loaded = $5, source_isolation = $6,
            rows_inserted = $7, rows_updated = $8, rows_deleted = $9, cursor_from = $10, cursor_to = $11,
            values_changed = $12, schema_changes = $13, rows_fixed = $14,
            source_system = $15, source_schema = $16, source_table = $17
      where audit_id = $1 and status = 'running'`,
    [
      ingestion.auditId,
      counts.rowsRead,
      counts.rowsLoaded,
      counts.rowsQuarantined,
      counts.bytes,
      sourceIsolation,
      published.changes?.rowsInserted ?? null,
      published.changes?.rowsUpdated ?? null,
      published.changes?.rowsDeleted ?? null,
      move.cursor?.from ?? null,
      move.cursor?.to ?? null,
      describeChanged(schema.plan),
      schema.changes.length > 0 ? schema.changes.join(', ') : null,
      counts.rowsFixed,
      // As the source writes them; when the row was made, nobody had asked it.
      ingestion.sourceSystem,
      ingestion.source.schema,
      ingestion.source.table,
    ],
  );
  if (recorded.rowCount === 1) return;
  throw new TowpathError({
    code: 'AUDIT_ROW_LOST',
    message: `The audit row ${ingestion.auditId} of ${ingestion.target.name} is no longer running.`,
    cause: 'Another session closed or removed it while this ingestion ran.',
    fix: 'Look at ingestion_audit, then run again. Nothing was published.',
  });
}

/** `{"seen_at": 3}` as JSON: how many values of each column an option has changed; null when none. */
function describeChanged(plan: readonly PlannedColumn[]): string | null {
  const changed = plan.filter((column) => column.changed.count > 0);
  if (changed.length === 0) return null;
  return JSON.stringify(Object.fromEntries(changed.map((column) => [column.targets[0]?.name, column.changed.count])));
}

async function recordMetadata(client: Client, ingestion: Ingestion, published: Published): Promise<void> {
  const { publication, changes } = published;
  const isMerge = changes !== undefined;
  await client.query(
    `insert into ${quoteIdentifier(ingestion.target.schema)}.table_metadata as metadata
       (table_name, source_system, source_schema, source_table, source_connection_string, last_ingestion_at,
        row_count, size_bytes, columns_json)
     values ($1, $2, $3, $4, $5, now(), $6, 
       coalesce(pg_total_relation_size(to_regclass($7)),
                (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = to_regclass($8)), 0), $9)
     on conflict (table_name) do update set
       source_connection_string = excluded.source_connection_string, last_ingestion_at = excluded.last_ingestion_at,
       row_count = excluded.row_count + case when $10 then metadata.row_count else 0 end,
       size_bytes = excluded.size_bytes, columns_json = excluded.columns_json, updated_at = now()`,
    [
      ingestion.target.name,
      ingestion.sourceSystem,
      ingestion.source.schema,
      ingestion.source.table,
      publication.connectionString,
      isMerge ? changes.rowsInserted - changes.rowsDeleted : publication.counts.rowsLoaded,
      // A merge has dropped the stage.
      quoteStage(ingestion),
      quoteTable(ingestion.target.schema, ingestion.target.table),
      JSON.stringify(describeColumns(publication.described)),
      isMerge,
    ],
  );
}

/** What `columns_json` says of the source's columns; compared to notice a change. */
export function describeColumns(plan: readonly PlannedColumn[]): object[] {
  return plan.map(({ source, targets }) => ({
    source: source.name,
    sourceType: source.type,
    nullable: source.nullable,
    targets: targets.map((target) => ({ name: target.name, type: target.postgresType })),
  }));
}
