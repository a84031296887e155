// What becomes of a published table when the columns of its source have changed. Columns are never dropped or renamed in
// bronze: views, indexes and grants hang on them. A pure decision; publishing carries it out.
import { TowpathError } from '@towpath/core';
import { LINEAGE_COLUMNS, type PlannedColumn, type TargetColumn } from '../encode/plan-columns.ts';
import type { TargetTable } from './target-table.ts';

/** `fail` changes nothing, `freeze` keeps the published columns, `evolve` adds columns and changes types. */
export type SchemaPolicy = 'fail' | 'freeze' | 'evolve';

/** Columns of the published table, by name. */
export type PublishedColumns = ReadonlyMap<string, string>;

/** How the published table and the load are made to fit. */
export interface SchemaDecision {
  /** What is loaded: under `freeze` without the columns that bronze does not know. */
  readonly plan: readonly PlannedColumn[];
  /** Columns of bronze that the source no longer has; NULL from now on. */
  readonly kept: readonly TargetColumn[];
  readonly added: readonly TargetColumn[];
  readonly retyped: readonly TargetColumn[];
  /** For audit and log; empty when nothing differs. */
  readonly changes: readonly string[];
}

/** Decides. Error: `SOURCE_SCHEMA_CHANGED`, naming every difference the policy does not allow. */
export function decideSchema(
  target: TargetTable,
  plan: readonly PlannedColumn[],
  published: PublishedColumns | undefined,
  policy: SchemaPolicy,
): SchemaDecision {
  if (!published) return { plan, kept: [], added: [], retyped: [], changes: [] };
  const planned = plan.flatMap((column) => column.targets);
  const names = new Set([...planned, ...LINEAGE_COLUMNS].map((column) => column.name));
  const kept = [...published]
    .filter(([name]) => !names.has(name))
    .map(([name, postgresType]) => ({ name, postgresType }));
  const added = planned.filter((column) => !published.has(column.name));
  const retyped = planned.filter(
    (column) => (published.get(column.name) ?? column.postgresType) !== column.postgresType,
  );
  const differences = { kept, added, retyped };
  const refused = policy === 'fail' ? listAll(differences, published) : [];
  const problems = policy === 'freeze' ? listRetyped(retyped, published) : refused;
  if (problems.length > 0) throw refuse(target, problems, policy);
  const changes = listAll(differences, published);
  if (policy !== 'freeze') return { plan, ...differences, changes };
  const known = plan.filter((column) => column.targets.every(({ name }) => published.has(name)));
  // A datetimeoffset of which bronze has one column only: what it has gets NULL.
  const half = plan.filter((column) => !known.includes(column)).flatMap((column) => column.targets);
  const emptied = half.filter(({ name }) => published.has(name));
  return { plan: known, kept: [...kept, ...emptied], added: [], retyped: [], changes };
}

interface Differences {
  readonly kept: readonly TargetColumn[];
  readonly added: readonly TargetColumn[];
  readonly retyped: readonly TargetColumn[];
}

function listAll({ kept, added, retyped }: Differences, published: PublishedColumns): string[] {
  return [
    ...added.map(({ name, postgresType }) => `${name} (${postgresType}) is new`),
    ...listRetyped(retyped, published),
    ...kept.map(({ name }) => `${name} is gone`),
  ];
}

function listRetyped(retyped: readonly TargetColumn[], published: PublishedColumns): string[] {
  return retyped.map(({ name, postgresType }) => `${name} was ${published.get(name)} and is ${postgresType}`);
}

function refuse(target: TargetTable, differences: readonly string[], policy: SchemaPolicy): TowpathError {
  return new TowpathError({
    code: 'SOURCE_SCHEMA_CHANGED',
    message: `The source no longer fits ${target.name}: ${differences.join(', ')}.`,
    cause:
      policy === 'freeze'
        ? 'With --schema-policy freeze a column of bronze keeps its type.'
        : 'With --schema-policy fail, the default, a published table keeps its columns, because views and grants hang on them.',
    fix:
      policy === 'freeze'
        ? 'Choose --schema-policy evolve, or `load: text` or `skip` for the column.'
        : 'Choose --schema-policy evolve or freeze, or load into another table with --target-table.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
