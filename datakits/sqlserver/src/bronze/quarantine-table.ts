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
        failed_field, expected_type, actual_value, error_type, error_message, raw_record, bad_values, row_hash)
     select $1, $2, $3, $4, $5, $6, $7, (bad ->> 'rowNumber')::bigint, ${formatRowKey(key)},
            bad #>> '{bad,0,column}', bad #>> '{bad,0,expectedType}', bad #>> '{bad,0,text}', bad #>> '{bad,0,code}',
            bad #>> '{bad,0,message}', record, bad -> 'bad', bad ->> 'hash'
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
