// What a load that is published means for the rows put aside before it. A decision about a row stands as long as its source
// row is the same: a fix is applied again, an ignored row stays out. Everything else that the load overtakes is over,
// since replaying it would undo newer data.
import { TowpathError } from '@towpath/core';
import { type Client, escapeLiteral } from 'pg';
import type { Ingestion } from './ingestion.ts';
import { quoteIdentifier, type TargetTable } from './target-table.ts';

/** A fix that a load applies to the same row again. */
export interface KeptFix {
  /** Of the row in quarantine, a bigint as text. */
  readonly id: string;
  readonly hash: string;
  /** Texts by bronze column. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** What a merge brings; undefined when the content is replaced. */
export interface Replacement {
  readonly stage: string;
  readonly key: readonly string[];
}

/** The fixes that stand, in the order they were put aside. Served by `ingestion_quarantine_standing`. */
export async function readKeptFixes(client: Client, target: TargetTable): Promise<KeptFix[]> {
  const found = await client.query<KeptFix>(
    `select quarantine_id::text as id, row_hash as hash, fixed_values as values
       from ${formatTable(target)}
      where target_table = $1 and remediation_status in ('FIXED', 'REPLAYED') and row_hash is not null
        and fixed_values is not null
      order by quarantine_id`,
    [target.name],
  );
  return found.rows;
}

/**
 * Settles, in the publishing transaction: fixes that were applied, decisions that go on with the same row, rows that are
 * overtaken. Error: `QUARANTINE_CHANGED` when an applied fix is no longer the one that was read.
 */
export async function settleQuarantine(
  client: Client,
  ingestion: Ingestion,
  load: { readonly applied: readonly KeptFix[]; readonly replacement: Replacement | undefined },
): Promise<void> {
  const { applied, replacement } = load;
  if (applied.length > 0) await recordApplied(client, ingestion, applied);
  const ids = applied.map(({ id }) => id);
  await carryDecisions(client, ingestion, ids);
  await supersede(client, ingestion, { ids, replacement });
}

async function recordApplied(client: Client, ingestion: Ingestion, applied: readonly KeptFix[]): Promise<void> {
  const recorded = await client.query(
    `update ${formatTable(ingestion.target)} as old
        set remediation_status = 'REPLAYED', applied_batch_id = $2, retry_count = retry_count + 1,
            last_retry_at = clock_timestamp()
       from jsonb_to_recordset($1::jsonb) as applied (id bigint, values jsonb)
      where quarantine_id = applied.id and remediation_status in ('FIXED', 'REPLAYED') and fixed_values = applied.values`,
    [JSON.stringify(applied), ingestion.batchId],
  );
  if (recorded.rowCount !== applied.length) throw refuseChanged(ingestion);
}

// Of the rows this load put aside: what was decided about the same row before, and while it ran. Rows without a key may be
// alike; then the first decision goes with the first of them.
async function carryDecisions(client: Client, ingestion: Ingestion, applied: readonly string[]): Promise<void> {
  const table = formatTable(ingestion.target);
  await client.query(
    `with old as (
       select *, row_number() over (partition by row_hash order by quarantine_id) as place from ${table}
        where target_table = $1 and batch_id <> $2 and remediation_status in ('FIXED', 'IGNORED')
          and row_hash is not null and quarantine_id <> all ($3::bigint[])),
     new as (
       select *, row_number() over (partition by row_hash order by quarantine_id) as place from ${table}
        where target_table = $1 and batch_id = $2 and remediation_status = 'PENDING' and row_hash is not null),
     same as (
       select new.quarantine_id as new_id, old.quarantine_id as old_id, old.remediation_status, old.fixed_values,
              old.notes, old.remediated_by, old.remediated_at
         from new join old using (row_hash, place)
        where old.remediation_status = 'IGNORED'
           or not exists (select 1 from jsonb_array_elements(new.bad_values) as bad
                           where not old.fixed_values ? (bad ->> 'target'))),
     ended as (
       update ${table} set remediation_status = 'SUPERSEDED' from same where quarantine_id = same.old_id)
     update ${table} as new
        set remediation_status = same.remediation_status, fixed_values = same.fixed_values, notes = same.notes,
            remediated_by = same.remediated_by, remediated_at = same.remediated_at
       from same where new.quarantine_id = same.new_id`,
    [ingestion.target.name, ingestion.batchId, applied],
  );
}

interface Overtaking {
  /** Rows that this load has loaded with their fix. */
  readonly ids: readonly string[];
  readonly replacement: Replacement | undefined;
}

// All when the content is replaced, else those whose row the load brings or puts aside again.
async function supersede(client: Client, ingestion: Ingestion, { ids, replacement }: Overtaking): Promise<void> {
  const table = formatTable(ingestion.target);
  await client.query(
    `update ${table} as old
        set remediation_status = 'SUPERSEDED', remediated_at = coalesce(remediated_at, clock_timestamp())
      where target_table = $1 and remediation_status <> 'SUPERSEDED' and batch_id <> $2
        and quarantine_id <> all ($3::bigint[]) and (${replacement ? formatOvertaken(table, replacement) : 'true'})`,
    [ingestion.target.name, ingestion.batchId, ids],
  );
}

function formatOvertaken(table: string, { stage, key }: Replacement): string {
  const pairs = key.map((name) => `${escapeLiteral(name)}, ${quoteIdentifier(name)}::text`).join(', ');
  return `row_key in (select jsonb_build_object(${pairs}) from ${stage})
          or row_key in (select row_key from ${table} where target_table = $1 and batch_id = $2)`;
}

function formatTable({ schema }: TargetTable): string {
  return `${quoteIdentifier(schema)}.ingestion_quarantine`;
}

function refuseChanged({ target }: Ingestion): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_CHANGED',
    message: `A fix of a row of ${target.name} was changed while it was being applied.`,
    cause: 'Somebody fixed or ignored the row during the load. Nothing was published.',
    fix: 'Run again.',
  });
}
