// Before a row is read: may this source write this target, and does the published table still fit it?
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import { LINEAGE_COLUMNS, type PlannedColumn, type TargetColumn } from '../encode/plan-columns.ts';
import type { IngestionRequest } from './ingestion.ts';
import { quoteIdentifier, type TargetTable } from './target-table.ts';

/** Whether the target is published already. */
export interface TargetState {
  readonly isPublished: boolean;
}

/** Checks owner and kind of the target. Errors: `TARGET_TAKEN`, `TARGET_NOT_OURS`. */
export async function checkTargetOwner(client: Client, request: IngestionRequest): Promise<TargetState> {
  const { target, source, sourceSystem } = request;
  const found = await client.query<{ kind: string | null; system: string | null; schema: string; table: string }>(
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

/** Compares the published table with the plan. Error: `SOURCE_SCHEMA_CHANGED`, naming every difference. */
export async function checkTargetColumns(
  client: Client,
  target: TargetTable,
  plan: readonly PlannedColumn[],
): Promise<void> {
  const found = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
       from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [`${quoteIdentifier(target.schema)}.${quoteIdentifier(target.table)}`],
  );
  const published = new Map(found.rows.map((row) => [row.name, row.type]));
  const differences = compareColumns(listTargetColumns(plan), published);
  if (differences.length === 0) return;
  throw new TowpathError({
    code: 'SOURCE_SCHEMA_CHANGED',
    message: `The source no longer fits ${target.name}: ${differences.join(', ')}.`,
    cause:
      'A published table keeps its columns, because views and grants hang on them; this version does not change them.',
    fix: `Load into another table with --target-table, or drop ${target.name} and run again.`,
    docs: 'reference/datakit-sqlserver.md',
  });
}

/** All columns of the bronze table, lineage last. */
export function listTargetColumns(plan: readonly PlannedColumn[]): TargetColumn[] {
  return [...plan.flatMap((column) => column.targets), ...LINEAGE_COLUMNS];
}

function compareColumns(planned: readonly TargetColumn[], published: ReadonlyMap<string, string>): string[] {
  const names = new Set(planned.map((column) => column.name));
  const changed = planned.flatMap(({ name, postgresType }) => {
    const type = published.get(name);
    if (type === undefined) return [`${name} (${postgresType}) is new`];
    return type === postgresType ? [] : [`${name} was ${type} and is ${postgresType}`];
  });
  const gone = [...published.keys()].filter((name) => !names.has(name)).map((name) => `${name} is gone`);
  return [...changed, ...gone];
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
