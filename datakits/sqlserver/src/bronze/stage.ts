// The stage: a standalone logged table filled in one transaction. Created and filled in the same transaction it may be
// loaded with COPY … FREEZE: its rows are visible to every snapshot once published, also to one taken earlier, which
// would see an empty table otherwise (docs/adr/0003-bronze-publishing.md).
import { type Client, escapeLiteral } from 'pg';
import type { PlannedColumn } from '../encode/plan-columns.ts';
import { LINEAGE_COLUMNS } from '../encode/plan-columns.ts';
import { partsSchema } from './control-tables.ts';
import type { Ingestion } from './ingestion.ts';
import { quoteIdentifier, quoteTable } from './target-table.ts';

/** Quoted name of the ingestion's stage. */
export function quoteStage(ingestion: Ingestion): string {
  return quoteTable(partsSchema(ingestion.target.schema), ingestion.stageTable);
}

/** Begins the load transaction, creates the stage and gives the COPY statement that fills it. */
export async function beginStage(
  client: Client,
  ingestion: Ingestion,
  plan: readonly PlannedColumn[],
): Promise<string> {
  const columns = plan.flatMap((column) => column.targets);
  const definitions = columns.map(({ name, postgresType }) => `${quoteIdentifier(name)} ${postgresType}`);
  await client.query('begin');
  await client.query(`create table ${quoteStage(ingestion)} (${definitions.join(', ')})`);
  const names = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  return `copy ${quoteStage(ingestion)} (${names}) from stdin (format binary, freeze)`;
}

/**
 * Ends the load transaction: lineage, the published table's constraints and indexes, statistics. Lineage is the same for
 * every row of a snapshot, so it is a column default that PostgreSQL keeps once, not per row.
 */
export async function finishStage(client: Client, ingestion: Ingestion): Promise<void> {
  await client.query(`alter table ${quoteStage(ingestion)} ${formatLineage(ingestion)}`);
  const drop = LINEAGE_COLUMNS.map(({ name }) => `alter column ${quoteIdentifier(name)} drop default`);
  await client.query(`alter table ${quoteStage(ingestion)} ${drop.join(', ')}`);
  for (const statement of await listInheritedRules(client, ingestion)) await client.query(statement);
  await client.query(`analyze ${quoteStage(ingestion)}`);
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
     ) as rules order by place`,
    [quoteTable(schema, table), quoteStage(ingestion)],
  );
  return found.rows.map((row) => row.statement);
}
