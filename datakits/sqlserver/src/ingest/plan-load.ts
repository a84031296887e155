// What one load will do, decided before a row is read: which columns, how they fit the published table, whether everything
// is read or only what changed, and from where to where.
import { TowpathError } from '@towpath/core';
import type { TdsConnection } from '@towpath/tds';
import type { Client } from 'pg';
import { checkTargetOwner, isSameSource, readPublishedColumns } from '../bronze/check-target.ts';
import { type ControlMove, type ControlRow, readControlRow } from '../bronze/control-row.ts';
import type { Ingestion } from '../bronze/ingestion.ts';
import { describeColumns } from '../bronze/publish-stage.ts';
import { decideSchema, type SchemaDecision } from '../bronze/schema-change.ts';
import { type PlannedColumn, planColumns } from '../encode/plan-columns.ts';
import type { TableOptions } from '../settings/table-settings.ts';
import { type Cursor, chooseCursor, formatWindow, hasGoneBack, readCeiling } from '../source/cursor.ts';
import { describeTable, formatSelect } from '../source/describe-table.ts';
import { findNamed } from '../source/find-named.ts';
import { readPrimaryKey } from '../source/key-columns.ts';

/** A decided load. */
export interface LoadPlan {
  readonly described: readonly PlannedColumn[];
  readonly schema: SchemaDecision;
  /** Columns that tell rows apart, as far as they are known and needed. */
  readonly key: readonly PlannedColumn[];
  /** False: what is read replaces the content. */
  readonly isMerge: boolean;
  /** The statement that reads the rows. */
  readonly select: string;
  /** The statement that reads every key, where deleted rows are looked for. */
  readonly selectKeys: string | undefined;
  readonly move: ControlMove;
}

/** Both ends, as connections. */
export interface PlanEnds {
  readonly control: Client;
  readonly source: TdsConnection;
}

/** How the table is to be loaded. */
export interface LoadRequest {
  readonly options: TableOptions;
  /** Read everything, whatever the cursor says. */
  readonly isFullRefresh: boolean;
}

/**
 * Plans. Errors: those of target, columns and cursor, `SOURCE_SCHEMA_CHANGED`, `INCREMENTAL_KEY_MISSING`,
 * `KEY_COLUMN_UNKNOWN`, `INCREMENTAL_KEY_NULLABLE`.
 */
export async function planLoad(ends: PlanEnds, ingestion: Ingestion, request: LoadRequest): Promise<LoadPlan> {
  const { control, source } = ends;
  const { options } = request;
  const target = await checkTargetOwner(control, ingestion);
  const described = planColumns(ingestion.source.name, await describeTable(source, ingestion.source), options);
  const published = target.isPublished ? await readPublishedColumns(control, ingestion.target) : undefined;
  const schema = decideSchema(ingestion.target, described, published, options.schemaPolicy);
  const key = await chooseKey(source, ingestion, { options, plan: schema.plan });
  const row = await readControlRow(control, ingestion.target);
  if (options.mode === 'snapshot') return planSnapshot(ingestion, { described, schema, key, seen: row.cursor });
  const isSame = target.isPublished && (await isSameSource(control, ingestion.target, describeColumns(described)));
  const cursor = chooseCursor(
    ingestion.source.name,
    described.map((column) => column.source),
    options,
  );
  const canMerge = isSame && !request.isFullRefresh && fits(row, cursor, key);
  const ceiling = await readCeiling(source, ingestion.source, cursor);
  const from = canMerge && !hasGoneBack(cursor, row.cursor, ceiling) ? row.cursor : undefined;
  return planIncrement(ingestion, {
    ...{ described, schema, key, seen: row.cursor },
    ...{ cursor, from, ceiling, options },
  });
}

interface Facts {
  readonly described: readonly PlannedColumn[];
  readonly schema: SchemaDecision;
  readonly key: readonly PlannedColumn[];
  readonly seen: string | undefined;
}

function planSnapshot({ source }: Ingestion, facts: Facts): LoadPlan {
  return {
    ...facts,
    isMerge: false,
    select: formatSelect(source, facts.schema.plan),
    selectKeys: undefined,
    move: { mode: 'snapshot', cursor: undefined, key: [], seen: facts.seen },
  };
}

interface IncrementFacts extends Facts {
  readonly cursor: Cursor;
  readonly from: string | undefined;
  readonly ceiling: string | undefined;
  readonly options: TableOptions;
}

// The first load has no upper bound: a row changed after the ceiling was read must not be missing until the next load.
function planIncrement({ source }: Ingestion, facts: IncrementFacts): LoadPlan {
  const { schema, key, cursor, from, ceiling } = facts;
  const isMerge = from !== undefined;
  const looksForDeleted = isMerge && facts.options.deletes === 'compare';
  return {
    ...facts,
    isMerge,
    select: formatSelect(source, schema.plan, isMerge ? formatWindow(cursor, from, ceiling) : ''),
    selectKeys: looksForDeleted ? formatSelect(source, key) : undefined,
    move: {
      mode: 'incremental',
      cursor: { column: cursor.column.name, from, to: ceiling ?? from },
      key: listNames(key),
      seen: facts.seen,
    },
  };
}

function fits(row: ControlRow, cursor: Cursor, key: readonly PlannedColumn[]): boolean {
  const isSameKey = JSON.stringify(row.key) === JSON.stringify(listNames(key));
  return row.mode === 'incremental' && row.cursorColumn === cursor.column.name && isSameKey;
}

/** Names of the key columns in bronze. */
function listNames(key: readonly PlannedColumn[]): string[] {
  return key.flatMap((column) => column.targets.slice(0, 1).map(({ name }) => name));
}

interface KeyChoice {
  readonly options: TableOptions;
  readonly plan: readonly PlannedColumn[];
}

async function chooseKey(source: TdsConnection, ingestion: Ingestion, choice: KeyChoice): Promise<PlannedColumn[]> {
  const { options, plan } = choice;
  const isNeeded = options.mode === 'incremental' || options.badRows === 'quarantine';
  if (!isNeeded) return [];
  const names = options.key.length > 0 ? options.key : await readPrimaryKey(source, ingestion.source);
  const find = (name: string): PlannedColumn | undefined => findNamed(plan, name, ({ source: { name: own } }) => own);
  const key = names.flatMap((name) => find(name) ?? []);
  const unknown = options.key.filter((name) => !find(name));
  if (unknown.length > 0) throw refuseUnknownKey(ingestion, unknown);
  if (options.mode === 'snapshot') return key.length === names.length ? key : [];
  if (key.length === 0 || key.length < names.length) throw refuseMissingKey(ingestion);
  const nullable = key.filter((column) => column.source.nullable);
  if (options.deletes === 'compare' && nullable.length > 0) throw refuseNullableKey(ingestion, nullable);
  return key;
}

function refuseUnknownKey({ source }: Ingestion, unknown: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'KEY_COLUMN_UNKNOWN',
    message: `${source.name} has no column ${unknown.join(', ')} to be part of its key, or it is not loaded.`,
    fix: 'Correct --key; names with commas or blanks at their ends are written in [brackets].',
    docs: 'reference/datakit-sqlserver.md',
  });
}

function refuseMissingKey({ source }: Ingestion): TowpathError {
  return new TowpathError({
    code: 'INCREMENTAL_KEY_MISSING',
    message: `Nothing tells the rows of ${source.name} apart.`,
    cause:
      'It has no primary key that this login can see, or a column of it is not loaded; a changed row could not be found in bronze.',
    fix: 'Name the columns with --key, or load the table as a snapshot.',
    docs: 'reference/datakit-sqlserver.md',
  });
}

function refuseNullableKey({ source }: Ingestion, nullable: readonly PlannedColumn[]): TowpathError {
  return new TowpathError({
    code: 'INCREMENTAL_KEY_NULLABLE',
    message: `Key column ${nullable.map((column) => column.source.name).join(', ')} of ${source.name} may be NULL.`,
    cause: 'Deleted rows are found by comparing keys, and NULL compares with nothing.',
    fix: 'Use --deletes ignore, or another --key.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
