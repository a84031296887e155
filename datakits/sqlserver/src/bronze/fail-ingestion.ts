// The end of an ingestion that published nothing.
import type { Client } from 'pg';
import { partsSchema } from './control-tables.ts';
import type { Ingestion } from './ingestion.ts';
import { KEYS_SUFFIX } from './stage.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What the audit row says afterwards: `published` when only the answer to COMMIT was lost. */
export type FailureRecord = 'failed' | 'published';

/** Marks the running audit row failed and drops the stage. The guard on `running` leaves a published batch as it is. */
export async function failIngestion(
  client: Client,
  ingestion: Ingestion,
  errorMessage: string,
): Promise<FailureRecord> {
  const { target } = ingestion;
  const audit = `${quoteIdentifier(target.schema)}.ingestion_audit`;
  const failed = await client.query(
    `update ${audit} set status = 'failed', ingestion_completed_at = clock_timestamp(), error_message = $2
      where audit_id = $1 and status = 'running'`,
    [ingestion.auditId, errorMessage],
  );
  if (failed.rowCount === 0) {
    const found = await client.query(`select 1 from ${audit} where audit_id = $1 and status = 'success'`, [
      ingestion.auditId,
    ]);
    if (found.rowCount === 1) return 'published';
  }
  const parts = partsSchema(target.schema);
  await client.query(`drop table if exists ${quoteTable(parts, ingestion.stageTable)}`);
  await client.query(`drop table if exists ${quoteTable(parts, ingestion.stageTable + KEYS_SUFFIX)}`);
  return 'failed';
}
