// A stage in place of the published table's part, under a short exclusive lock; while no part is attached the table is
// empty, so changing its columns then rewrites nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import { LINEAGE_COLUMNS, type TargetColumn } from '../encode/plan-columns.ts';
import type { Ingestion } from './ingestion.ts';
import { applyKeyIndex } from './key-index.ts';
import { isLockTimeout } from './lock-target.ts';
import type { SchemaDecision } from './schema-change.ts';
import { quoteStage } from './stage.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What the swap needs to know of a publication. */
export interface Swap {
  readonly schema: SchemaDecision;
  readonly move: { readonly key: readonly string[] };
  readonly lockTimeoutSeconds: number;
  readonly signal: AbortSignal;
}

// Readers that come while we wait for the lock queue up behind us, so one try is short: a reader never waits longer than
// this because of a try that fails. In between the queue drains.
const LOCK_TRY_MS = 500;
const LOCK_PAUSE_MS = 500;

/** SQLSTATE feature_not_supported: a view or rule uses the column. */
const COLUMN_IN_USE = '0A000';

/** Swaps inside the caller's transaction. Errors: `PUBLISH_LOCK_TIMEOUT`, `SCHEMA_EVOLVE_BLOCKED`. */
export async function swapParts(client: Client, ingestion: Ingestion, swap: Swap): Promise<void> {
  const published = quoteTable(ingestion.target.schema, ingestion.target.table);
  await client.query(formatPublishedTable(published, swap.schema));
  await lockPublished(client, published, swap);
  const parts = await client.query<{ part: string }>(
    'select inhrelid::regclass::text as part from pg_inherits where inhparent = $1::regclass',
    [published],
  );
  for (const { part } of parts.rows) {
    await client.query(`alter table ${published} detach partition ${part}`);
    await client.query(`drop table ${part}`);
  }
  await evolve(client, published, swap.schema);
  await client.query(`alter table ${published} attach partition ${quoteStage(ingestion)} default`);
  await applyKeyIndex(client, ingestion.target, swap.move.key);
}

async function evolve(client: Client, published: string, { added, retyped }: SchemaDecision): Promise<void> {
  const changes = [
    ...added.map(({ name, postgresType }) => `add column if not exists ${quoteIdentifier(name)} ${postgresType}`),
    // USING never sees a row; without it PostgreSQL asks for a cast that may not exist.
    ...retyped.map(
      ({ name, postgresType }) =>
        `alter column ${quoteIdentifier(name)} type ${postgresType} using null::${postgresType}`,
    ),
  ];
  if (changes.length === 0) return;
  try {
    await client.query(`alter table ${published} ${changes.join(', ')}`);
  } catch (error) {
    throw translateEvolve(error, published, retyped);
  }
}

// The partition key never decides anything: there is one part, the default one. It is a column with the same value in
// every row, so a unique key that people want can include it without meaning something else.
function formatPublishedTable(published: string, { plan, kept }: SchemaDecision): string {
  const own = [...plan.flatMap((column) => column.targets), ...kept].map(
    ({ name, postgresType }) => `${quoteIdentifier(name)} ${postgresType}`,
  );
  const lineage = LINEAGE_COLUMNS.map(({ name, postgresType }) => `${quoteIdentifier(name)} ${postgresType} not null`);
  return `create table if not exists ${published} (${[...own, ...lineage].join(', ')}) partition by list (_source_table)`;
}

async function lockPublished(client: Client, published: string, swap: Swap): Promise<void> {
  const deadline = performance.now() + swap.lockTimeoutSeconds * 1_000;
  await client.query(`set local lock_timeout = ${LOCK_TRY_MS}`);
  for (;;) {
    swap.signal.throwIfAborted();
    if (await tryLock(client, published)) break;
    if (performance.now() > deadline) throw refuseLock(published, swap.lockTimeoutSeconds);
    await sleep(LOCK_PAUSE_MS, undefined, { signal: swap.signal });
  }
}

async function tryLock(client: Client, published: string): Promise<boolean> {
  await client.query('savepoint before_lock');
  try {
    await client.query(`lock table ${published} in access exclusive mode`);
    return true;
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    await client.query('rollback to savepoint before_lock');
    return false;
  }
}

function refuseLock(published: string, seconds: number): TowpathError {
  return new TowpathError({
    code: 'PUBLISH_LOCK_TIMEOUT',
    message: `${published} could not be replaced: other transactions kept it in use.`,
    cause: `None of the short lock attempts of ${seconds} seconds succeeded; readers still see the previous data.`,
    fix: 'End transactions that stay open on it (pg_stat_activity, state idle in transaction), or raise --lock-timeout.',
  });
}

function translateEvolve(error: unknown, published: string, retyped: readonly TargetColumn[]): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === COLUMN_IN_USE)) return error;
  return new TowpathError(
    {
      code: 'SCHEMA_EVOLVE_BLOCKED',
      message: `The type of ${retyped.map(({ name }) => name).join(', ')} in ${published} can't be changed: something hangs on it.`,
      cause: error.message,
      fix: 'Drop the view that it names, run again, and create the view anew; or choose `load: text` or `skip` for the column.',
    },
    { cause: error },
  );
}
