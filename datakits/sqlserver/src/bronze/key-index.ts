// The unique index by which increments find their rows. It holds `_source_table` too, as every unique index of a
// partitioned table must; that column has one value only.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import { MAX_NAME_BYTES } from '../encode/plan-columns.ts';
import { quoteIdentifier, quoteTable, type TargetTable } from './target-table.ts';

const SUFFIX = '__key';

/** SQLSTATE unique_violation. */
const UNIQUE_VIOLATION = '23505';

/** Its name, in the schema of the target. */
export function nameKeyIndex({ table }: TargetTable): string {
  return table.slice(0, MAX_NAME_BYTES - SUFFIX.length) + SUFFIX;
}

/** The statement that makes it; without a name PostgreSQL finds one. NULLs are equal, as in SQL Server's unique indexes. */
export function formatKeyIndex(table: string, name: string | undefined, key: readonly string[]): string {
  const columns = [...key, '_source_table'].map(quoteIdentifier).join(', ');
  return `create unique index ${name ? quoteIdentifier(name) : ''} on ${table} (${columns}) nulls not distinct`;
}

/** Gives the published table the index of this key, or takes it away when the key is empty. The part has its own already. */
export async function applyKeyIndex(client: Client, target: TargetTable, key: readonly string[]): Promise<void> {
  await client.query(`drop index if exists ${quoteTable(target.schema, nameKeyIndex(target))}`);
  if (key.length === 0) return;
  await client.query(formatKeyIndex(quoteTable(target.schema, target.table), nameKeyIndex(target), key));
}

/** Gives a violated key a name; anything else passes through. */
export function translateKeyError(error: unknown, target: TargetTable, key: readonly string[]): unknown {
  const isViolation = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
  if (!isViolation || key.length === 0) return error;
  return new TowpathError(
    {
      code: 'INCREMENTAL_KEY_NOT_UNIQUE',
      message: `Two rows for ${target.name} have the same key (${key.join(', ')}).`,
      cause: error.message,
      fix: 'Name columns that tell rows apart with --key, or load the table as a snapshot.',
    },
    { cause: error },
  );
}
