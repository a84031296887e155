// An increment into the published table: new and changed rows by key, deleted ones by comparing all keys. Plain row
// changes, so readers wait for nothing. It acts on the part itself, which spares routing and lets `xmax` be read.
import type { Client } from 'pg';
import { LINEAGE_COLUMNS, type TargetColumn } from '../encode/plan-columns.ts';
import type { Ingestion, MergeCounts } from './ingestion.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What is merged. */
export interface Merge {
  /** Quoted name of the stage, and of the table with all keys when deleted rows are to go. */
  readonly stage: string;
  readonly keys: string | undefined;
  readonly columns: readonly TargetColumn[];
  readonly key: readonly string[];
}

/** Merges and drops the stages. Rows that are the same already keep their lineage. */
export async function mergeStage(client: Client, ingestion: Ingestion, merge: Merge): Promise<MergeCounts> {
  const part = await findPart(client, ingestion);
  const merged = await client.query<{ inserted: string; updated: string }>(formatMerge(part, merge), [
    ingestion.sourceSystem,
    ingestion.source.schema,
    ingestion.source.table,
    ingestion.batchId,
  ]);
  const rowsDeleted = merge.keys ? await deleteMissing(client, part, { ...merge, keys: merge.keys }) : 0;
  await client.query(`drop table ${[merge.stage, merge.keys].filter(Boolean).join(', ')}`);
  const row = merged.rows[0];
  return { rowsInserted: Number(row?.inserted), rowsUpdated: Number(row?.updated), rowsDeleted };
}

/** The one part of a published table, quoted. */
async function findPart(client: Client, { target }: Pick<Ingestion, 'target'>): Promise<string> {
  const found = await client.query<{ part: string }>(
    'select inhrelid::regclass::text as part from pg_inherits where inhparent = $1::regclass',
    [quoteTable(target.schema, target.table)],
  );
  return found.rows[0]?.part ?? '';
}

// One row of a key: under READ COMMITTED a row that moves during the read may have come twice. xmax is 0 only in a row
// version that this statement made without a version before it.
function formatMerge(part: string, { stage, columns, key }: Merge): string {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const lineage = LINEAGE_COLUMNS.map(({ name }) => quoteIdentifier(name));
  const keys = key.map(quoteIdentifier).join(', ');
  const all = [...names, ...lineage];
  const changed = names.map((name) => `kept.${name}`).join(', ');
  const given = names.map((name) => `excluded.${name}`).join(', ');
  return `
with merged as (
  insert into ${part} as kept (${all.join(', ')})
  select distinct on (${keys}) ${names.join(', ')}, now(), $1, $2, $3, $4::uuid from ${stage}
  on conflict (${keys}, _source_table) do update
     set ${all.map((name) => `${name} = excluded.${name}`).join(', ')}
   where (${changed}) is distinct from (${given})
  returning (kept.xmax = 0) as is_new)
select count(*) filter (where is_new) as inserted, count(*) filter (where not is_new) as updated from merged`;
}

async function deleteMissing(client: Client, part: string, merge: Merge & { keys: string }): Promise<number> {
  const same = merge.key.map((name) => `present.${quoteIdentifier(name)} = kept.${quoteIdentifier(name)}`);
  const deleted = await client.query(
    `delete from ${part} as kept where not exists (select 1 from ${merge.keys} as present where ${same.join(' and ')})`,
  );
  return deleted.rowCount ?? 0;
}
