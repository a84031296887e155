// Rows put aside, beside the data they belong to. They are written while the load runs, in a transaction of the control
// connection that publishing ends: they become visible with the data they are missing from, or not at all.
import { type Client, escapeLiteral } from 'pg';
import type { QuarantinedRow } from '../encode/describe-bad-row.ts';
import type { TargetColumn } from '../encode/plan-columns.ts';
import type { Ingestion } from './ingestion.ts';
import { quoteIdentifier } from './target-table.ts';

/** Writes rows. `key` are the columns that tell rows apart; empty when none are known. */
export async function insertQuarantined(
  client: Client,
  ingestion: Ingestion,
  rows: readonly QuarantinedRow[],
  key: readonly TargetColumn[],
): Promise<void> {
  const { sourceSystem, source, target } = ingestion;
  await client.query(
    `insert into ${quoteIdentifier(target.schema)}.ingestion_quarantine
       (source_system, source_schema, source_table, target_table, batch_id, run_id, attempt_id, row_number, row_key,
        failed_field, expected_type, actual_value, error_type, error_message, raw_record, bad_values)
     select $1, $2, $3, $4, $5, $6, $7, (bad ->> 'rowNumber')::bigint, ${formatRowKey(key)},
            bad #>> '{bad,0,column}', bad #>> '{bad,0,expectedType}', bad #>> '{bad,0,text}', bad #>> '{bad,0,code}',
            bad #>> '{bad,0,message}', record, bad -> 'bad'
       from jsonb_array_elements($8::jsonb) as bad, lateral (select bad -> 'record' as record) as inner_record`,
    [
      sourceSystem,
      source.schema,
      source.table,
      target.name,
      ingestion.batchId,
      ingestion.runId ?? null,
      ingestion.attemptId,
      JSON.stringify(rows),
    ],
  );
}

// Through its type and back to text, so that it compares with what bronze holds; NULL when a key value itself is bad.
function formatRowKey(key: readonly TargetColumn[]): string {
  if (key.length === 0) return 'null';
  const names = key.map(({ name }) => escapeLiteral(name));
  const pairs = key.map(
    ({ postgresType }, index) => `${names[index]}, (record ->> ${names[index]})::${postgresType}::text`,
  );
  return `case when record ?& array[${names.join(', ')}] then jsonb_build_object(${pairs.join(', ')}) end`;
}

/** What a merge brings; undefined when the content is replaced. */
export interface Replacement {
  readonly stage: string;
  readonly key: readonly string[];
}

/**
 * Open rows of earlier batches that this load overtakes: all when the content is replaced, else those whose row it brings
 * or puts aside again. Replaying them would undo newer data.
 */
export async function supersedeQuarantine(
  client: Client,
  ingestion: Ingestion,
  replacement: Replacement | undefined,
): Promise<void> {
  const table = `${quoteIdentifier(ingestion.target.schema)}.ingestion_quarantine`;
  await client.query(
    `update ${table} as old set remediation_status = 'SUPERSEDED', remediated_at = clock_timestamp()
      where target_table = $1 and remediation_status in ('PENDING', 'FIXED') and batch_id <> $2
        and (${replacement ? formatOvertaken(table, replacement) : 'true'})`,
    [ingestion.target.name, ingestion.batchId],
  );
}

function formatOvertaken(table: string, { stage, key }: Replacement): string {
  const pairs = key.map((name) => `${escapeLiteral(name)}, ${quoteIdentifier(name)}::text`).join(', ');
  return `row_key in (select jsonb_build_object(${pairs}) from ${stage})
          or row_key in (select row_key from ${table} where target_table = $1 and batch_id = $2)`;
}
