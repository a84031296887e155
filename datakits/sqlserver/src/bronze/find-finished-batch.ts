// Has this batch been published already? A repeated attempt asks, since the COMMIT of the one before may have been lost
// on the way back.
import type { Client } from 'pg';
import type { LoadCounts, MergeCounts } from './ingestion.ts';
import { quoteIdentifier, type TargetTable } from './target-table.ts';

/** What a published batch left in the audit. */
export interface FinishedBatch extends LoadCounts {
  readonly sourceIsolation: string;
  /** Only of increments. */
  readonly changes: MergeCounts | undefined;
}

/** The published batch, or undefined. Served by the unique index `ingestion_audit_batch`. */
export async function findFinishedBatch(
  client: Client,
  target: TargetTable,
  batchId: string,
): Promise<FinishedBatch | undefined> {
  const found = await client.query<{
    read: string;
    loaded: string;
    fixed: string | null;
    quarantined: string;
    bytes: string;
    isolation: string;
    inserted: string | null;
    updated: string | null;
    deleted: string | null;
  }>(
    `select rows_read as read, rows_loaded as loaded, rows_fixed as fixed, rows_quarantined as quarantined, bytes_loaded as bytes,
            source_isolation as isolation, rows_inserted as inserted, rows_updated as updated, rows_deleted as deleted
       from ${quoteIdentifier(target.schema)}.ingestion_audit
      where target_table = $1 and batch_id = $2 and status = 'success'`,
    [target.name, batchId],
  );
  const row = found.rows[0];
  if (!row) return undefined;
  return {
    rowsRead: Number(row.read),
    rowsLoaded: Number(row.loaded),
    // NULL in rows of before this was counted.
    rowsFixed: Number(row.fixed ?? 0),
    rowsQuarantined: Number(row.quarantined),
    bytes: Number(row.bytes),
    sourceIsolation: row.isolation,
    changes:
      row.inserted === null
        ? undefined
        : {
            rowsInserted: Number(row.inserted),
            rowsUpdated: Number(row.updated),
            rowsDeleted: Number(row.deleted),
          },
  };
}
