// The start of an ingestion, in one short transaction: what dead attempts left is cleared, the next fence is taken, and
// the audit row says `running`. The caller holds the target's lock, so any other running row belongs to a dead attempt.
import type { Client } from 'pg';
import { partsSchema } from './control-tables.ts';
import type { Ingestion, IngestionRequest } from './ingestion.ts';
import { KEYS_SUFFIX } from './stage.ts';
import { quoteIdentifier } from './target-table.ts';

/** Begins an ingestion. */
export async function startIngestion(client: Client, request: IngestionRequest): Promise<Ingestion> {
  await client.query('begin');
  try {
    await closeDeadAttempts(client, request);
    const fence = await takeFence(client, request);
    const stageTable = nameStage(request, fence);
    const auditId = await insertRunningRow(client, request, { fence, stageTable });
    await client.query('commit');
    return { ...request, auditId, fence, stageTable };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function closeDeadAttempts(client: Client, { target }: IngestionRequest): Promise<void> {
  const audit = `${quoteIdentifier(target.schema)}.ingestion_audit`;
  await client.query(
    `update ${audit}
        set status = 'failed', ingestion_completed_at = clock_timestamp(),
            error_message = 'INGEST_ABANDONED: the attempt ended without saying how; closed by the next one'
      where target_table = $1 and status = 'running'`,
    [target.name],
  );
  // Also stages of attempts closed earlier: a COMMIT that was under way when its sender died may have landed since.
  const stale = await client.query<{ stage: string }>(
    `select distinct class.oid::regclass::text as stage
       from ${audit} as audit
       join pg_class as class on class.relname in (audit.stage_table, audit.stage_table || $3)
        and class.relnamespace = to_regnamespace($2)
      where audit.target_table = $1 and audit.status = 'failed' and not class.relispartition`,
    [target.name, quoteIdentifier(partsSchema(target.schema)), KEYS_SUFFIX],
  );
  for (const { stage } of stale.rows) await client.query(`drop table if exists ${stage}`);
}

async function takeFence(client: Client, { target }: IngestionRequest): Promise<string> {
  const taken = await client.query<{ fence: string }>(
    `insert into ${quoteIdentifier(target.schema)}.ingestion_target as control (target_table, fence) values ($1, 1)
     on conflict (target_table) do update set fence = control.fence + 1
     returning fence::text`,
    [target.name],
  );
  return taken.rows[0]?.fence ?? '';
}

// Fence and attempt tell stages of one target apart; the name keeps to PostgreSQL's 63 bytes.
function nameStage({ target, attemptId }: IngestionRequest, fence: string): string {
  const attempt = attemptId.replaceAll(/[^A-Za-z0-9]/g, '').slice(-12);
  const suffix = `__${fence}_${attempt.toLowerCase()}`;
  return target.table.slice(0, 63 - KEYS_SUFFIX.length - suffix.length) + suffix;
}

async function insertRunningRow(
  client: Client,
  request: IngestionRequest,
  grant: { fence: string; stageTable: string },
): Promise<string> {
  const { source, target } = request;
  const inserted = await client.query<{ audit_id: string }>(
    `insert into ${quoteIdentifier(target.schema)}.ingestion_audit
       (source_system, source_schema, source_table, target_table, status, batch_id, attempt_id, fence, stage_table, kind)
     values ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $9) returning audit_id::text`,
    [
      request.sourceSystem,
      source.schema,
      source.table,
      target.name,
      request.batchId,
      request.attemptId,
      grant.fence,
      grant.stageTable,
      request.kind,
    ],
  );
  return inserted.rows[0]?.audit_id ?? '';
}
