// The stage: a standalone table filled in one transaction. Of a snapshot it is logged and becomes the published table's
// part; created and filled in the same transaction it may be loaded with COPY … FREEZE: its rows are visible to every
// snapshot once published, also to one taken earlier, which would see an empty table otherwise
// (docs/adr/0003-bronze-publishing.md). Of an increment it is unlogged and gone after the merge: should the server fall in
// between, the publishing connection falls too, and nothing is published.
import { type Client, escapeLiteral } from 'pg';
import { LINEAGE_COLUMNS, type TargetColumn } from '../encode/plan-columns.ts';
import { partsSchema } from './control-tables.ts';
import type { Ingestion } from './ingestion.ts';
import { formatKeyIndex, nameKeyIndex } from './key-index.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** What is put behind a stage's name for the table of keys that finds deleted rows. */
export const KEYS_SUFFIX = '_k';

/** What a stage looks like. */
export interface StageShape {
  /** Columns that the COPY fills. */
  readonly columns: readonly TargetColumn[];
  /** Columns of the published table that the source no longer has. */
  readonly kept: readonly TargetColumn[];
  /** True when it becomes the published content, false when it is merged into that. */
  readonly isPart: boolean;
  /** Key columns of an incremental target, else empty. */
  readonly key: readonly string[];
}

/** Quoted name of the ingestion's stage. */
export function quoteStage(ingestion: Ingestion): string {
  return quoteTable(partsSchema(ingestion.target.schema), ingestion.stageTable);
}

/** Begins the load transaction, creates the stage and gives the COPY statement that fills it. */
export async function beginStage(client: Client, stage: string, shape: StageShape): Promise<string> {
  const definitions = [...shape.columns, ...(shape.isPart ? shape.kept : [])].map(
    ({ name, postgresType }) => `${quoteIdentifier(name)} ${postgresType}`,
  );
  await client.query('begin');
  if (shape.isPart) await client.query(FLUSH_EARLY, [FLUSH_AFTER_BLOCKS]);
  await client.query(`create ${shape.isPart ? '' : 'unlogged '}table ${stage} (${definitions.join(', ')})`);
  return formatCopy(stage, shape, 'binary');
}

/**
 * Where the commit of a new table waits for its file instead of logging its rows (`wal_level = minimal`), the kernel is asked to
 * write it out while the COPY runs. Of a million rows the commit then takes 13 ms instead of 85, the COPY up to 40 more when no
 * processor is free. Elsewhere the log is what a commit waits for, and the file would only get in its way.
 */
const FLUSH_EARLY = `
select set_config('backend_flush_after', $1, true) where current_setting('wal_level') = 'minimal'`;

/** The largest value, 2 MiB: fewest calls. 256 KiB took as long. */
const FLUSH_AFTER_BLOCKS = '256';

/** The COPY statement that fills a stage; frozen, which the transaction that created the stage may do. */
export function formatCopy(stage: string, { columns }: StageShape, format: 'binary' | 'text'): string {
  const names = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  return `copy ${stage} (${names}) from stdin (format ${format}, freeze)`;
}

/**
 * Ends the load transaction of a part: lineage, the published table's constraints and indexes, statistics. Lineage is the
 * same for every row of a snapshot, so it is a column default that PostgreSQL keeps once, not per row.
 */
export async function finishPart(client: Client, ingestion: Ingestion, shape: StageShape): Promise<void> {
  const stage = quoteStage(ingestion);
  await client.query(`alter table ${stage} ${formatLineage(ingestion)}`);
  const drop = LINEAGE_COLUMNS.map(({ name }) => `alter column ${quoteIdentifier(name)} drop default`);
  await client.query(`alter table ${stage} ${drop.join(', ')}`);
  for (const statement of await listInheritedRules(client, ingestion)) await client.query(statement);
  if (shape.key.length > 0) await client.query(formatKeyIndex(stage, undefined, shape.key));
  await client.query(LOWER_TARGET, [QUICK_TARGET]);
  await client.query(`analyze ${stage}`);
  // The publishing commit waits until all that was written before it is on disk, so this one need not wait as well; should
  // the server fall in between, the stage is gone and nothing was published.
  await client.query('set local synchronous_commit = off');
  await client.query('commit');
}

/**
 * Values and bounds kept of each column, and 300 rows read for each of them: with PostgreSQL's 100 that is every page of a
 * table of a million rows, a fifth of its load; 80 ms with 30, 50 with 20. Autovacuum makes the part's statistics finer within
 * minutes.
 */
const QUICK_TARGET = '20';

/** A target that somebody chose stays. */
const LOWER_TARGET = `
select set_config('default_statistics_target', $1, true) where current_setting('default_statistics_target') = '100'`;

/** Ends the load transaction of what is merged. Its size, which is all the merge is planned by, PostgreSQL sees without ANALYZE. */
export async function finishDelta(client: Client): Promise<void> {
  await client.query('commit');
}

function formatLineage({ sourceSystem, source, batchId }: Ingestion): string {
  const values: Record<(typeof LINEAGE_COLUMNS)[number]['name'], string> = {
    // The start of this transaction; the same instant in every row.
    _loaded_at: 'now()',
    _source_system: escapeLiteral(sourceSystem),
    _source_schema: escapeLiteral(source.schema),
    _source_table: escapeLiteral(source.table),
    _batch_id: escapeLiteral(batchId),
  };
  return LINEAGE_COLUMNS.map(
    ({ name, postgresType }) => `add column ${quoteIdentifier(name)} ${postgresType} not null default ${values[name]}`,
  ).join(', ');
}

/**
 * Statements that give the stage what people added to the published table: NOT NULL, CHECK, keys, indexes. ATTACH would
 * build missing indexes itself, but while readers wait. None when nothing is published yet.
 * Our own index on the key is left out: this load says whether there is one.
 */
async function listInheritedRules(client: Client, ingestion: Ingestion): Promise<string[]> {
  const { schema, table } = ingestion.target;
  const found = await client.query<{ statement: string }>(
    `with parent as (select to_regclass($1)::oid as id)
     select statement from (
       select 1 as place, format('alter table %s alter column %I set not null', $2::text, attname) as statement
         from pg_attribute, parent where attrelid = parent.id and attnum > 0 and attnotnull and not attisdropped
       union all
       select 2, format('alter table %s add constraint %I %s', $2::text, conname, pg_get_constraintdef(pg_constraint.oid))
         from pg_constraint, parent where conrelid = parent.id and contype = 'c'
       union all
       select 3, format('alter table %s add %s', $2::text, pg_get_constraintdef(pg_constraint.oid))
         from pg_constraint, parent where conrelid = parent.id and contype in ('p', 'u')
       union all
       select 4, regexp_replace(pg_get_indexdef(indexrelid), '^CREATE (UNIQUE )?INDEX .*? ON ONLY .*? USING ',
                                'CREATE \\1INDEX ON ' || $2 || ' USING ')
         from pg_index, parent where indrelid = parent.id
          and not exists (select 1 from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
          and indexrelid::regclass <> coalesce(to_regclass($3), 0::regclass)
     ) as rules order by place`,
    [quoteTable(schema, table), quoteStage(ingestion), quoteTable(schema, nameKeyIndex(ingestion.target))],
  );
  return found.rows.map((row) => row.statement);
}
