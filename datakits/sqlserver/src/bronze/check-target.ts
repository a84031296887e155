// Before a row is read: may this source write this target, and what does the target hold?
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import type { IngestionRequest } from './ingestion.ts';
import type { PublishedColumns } from './schema-change.ts';
import { quoteIdentifier, quoteTable, type TargetTable } from './target-table.ts';

/** What the last publication left. */
export interface TargetState {
  readonly isPublished: boolean;
}

/** Checks owner and kind of the target. Errors: `TARGET_TAKEN`, `TARGET_NOT_OURS`. */
export async function checkTargetOwner(client: Client, request: IngestionRequest): Promise<TargetState> {
  const { target, source, sourceSystem } = request;
  const found = await client.query<{
    kind: string | null;
    system: string | null;
    schema: string;
    table: string;
  }>(
    `select (select relkind from pg_class where relnamespace = to_regnamespace($2) and relname = $3) as kind,
            metadata.source_system as system, metadata.source_schema as schema, metadata.source_table as table
       from (select 1) as one
       left join ${quoteIdentifier(target.schema)}.table_metadata as metadata on metadata.table_name = $1`,
    [target.name, quoteIdentifier(target.schema), target.table],
  );
  const row = found.rows[0];
  if (!row?.system) {
    if (row?.kind) throw refuseForeignTable(target);
    return { isPublished: false };
  }
  const isSame = row.system === sourceSystem && row.schema === source.schema && row.table === source.table;
  if (!isSame) throw refuseTaken(request, `${row.schema}.${row.table} of ${row.system}`);
  if (row.kind && row.kind !== 'p') throw refuseForeignTable(target);
  return { isPublished: row.kind === 'p' };
}

/**
 * Whether the source's columns are those of the last publication. What may be NULL is left out: a loosened constraint
 * changes no row.
 */
export async function isSameSource(
  client: Client,
  target: TargetTable,
  described: readonly object[],
): Promise<boolean> {
  const found = await client.query<{ same: boolean }>(
    `select (select jsonb_agg(item - 'nullable' order by place) from jsonb_array_elements(columns_json) with ordinality as c (item, place))
          = (select jsonb_agg(item - 'nullable' order by place) from jsonb_array_elements($2::jsonb) with ordinality as c (item, place)) as same
       from ${quoteIdentifier(target.schema)}.table_metadata where table_name = $1`,
    [target.name, JSON.stringify(described)],
  );
  return found.rows[0]?.same ?? false;
}

/** The columns of the published table with their types as `format_type` writes them. */
export async function readPublishedColumns(client: Client, target: TargetTable): Promise<PublishedColumns> {
  const found = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [quoteTable(target.schema, target.table)],
  );
  return new Map(found.rows.map((row) => [row.name, row.type]));
}

function refuseTaken({ source, target }: IngestionRequest, owner: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_TAKEN',
    message: `${target.name} holds ${owner}; ${source.name} can't replace it.`,
    cause: 'Two sources map to the same bronze name.',
    fix: 'Give this one another name with --target-table. If the source itself has moved, change its row in table_metadata.',
  });
}

function refuseForeignTable(target: TargetTable): TowpathError {
  return new TowpathError({
    code: 'TARGET_NOT_OURS',
    message: `${target.name} exists and was not made by this datakit.`,
    cause: 'What it holds would be lost.',
    fix: 'Choose another name with --target-table, or move that table away.',
  });
}
