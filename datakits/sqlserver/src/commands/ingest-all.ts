// `ingest-all`: every table that the login sees, less what is left out.
import { TowpathError } from '@towpath/core';
import type { Command } from 'commander';
import { retryPassing } from '../ingest/retry-passing.ts';
import { readLoadConfiguration } from '../settings/configuration.ts';
import { connectSource } from '../source/connect-source.ts';
import { type ListedTable, listTables } from '../source/list-tables.ts';
import { nameSourceTable } from '../source/source-table.ts';
import { matchesAny } from '../source/table-pattern.ts';
import type { CommandContext } from './command-context.ts';
import { addLoadOptions, collect } from './load-options.ts';
import { type ManyTablesOptions, planTableRuns, runTables } from './many-tables.ts';
import type { TableRun } from './table-run.ts';

interface Options extends ManyTablesOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly views?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Adds the command. */
export function addIngestAll(program: Command, context: CommandContext): void {
  const command = program
    .command('ingest-all')
    .description('load every table that the login sees, BRONZE_MAX_WORKERS at the same time')
    .option('--include <pattern>', 'only tables like this: "dbo.Order*", "Order*"; repeatable', collect, [])
    .option('--exclude <pattern>', 'not tables like this; repeatable', collect, [])
    .option('--views', 'views too')
    .option('--dry-run', 'only list what would be loaded, and how')
    .option('--continue-on-error', 'go on with the others when one fails');
  addLoadOptions(command)
    .addHelpText('after', '\nExample:\n  datakit-sqlserver ingest-all --include "dbo.*" --exclude "*_old" --dry-run')
    .action((_own: unknown, self: Command) => runIngestAll(context, self.optsWithGlobals<Options>()));
}

async function runIngestAll(context: CommandContext, options: Options): Promise<void> {
  const configuration = await readLoadConfiguration(context.env, options);
  const { source, retry: policy } = configuration.settings;
  const { signal, print } = context;
  const found = await retryPassing('list of tables', { policy, signal, print }, async () => {
    const connection = await connectSource(source);
    return await listTables(connection).finally(() => connection.close());
  });
  const chosen = selectTables(found, options);
  if (chosen.length === 0) throw refuseNothing(found.length);
  const world = { context, configuration, options };
  const runs = planTableRuns(
    world,
    chosen.map(({ schema, name }) => nameSourceTable(schema, name)),
  );
  if (!options.dryRun) return await runTables(world, runs);
  for (const run of runs) context.print(formatRun(run));
  context.print(`${runs.length} tables would be loaded; nothing was read`);
}

function selectTables(tables: readonly ListedTable[], { include, exclude, views }: Options): ListedTable[] {
  return tables
    .filter((table) => views || table.kind === 'table')
    .filter((table) => include.length === 0 || matchesAny(include, table))
    .filter((table) => !matchesAny(exclude, table));
}

function formatRun({ source, target, options }: TableRun): string {
  const rows = options.badRows === 'quarantine' ? ', bad rows to quarantine' : '';
  return `${source.name} -> ${target.name}  (${options.mode}${rows})`;
}

// Success would hide a misspelt pattern or a login that may see nothing.
function refuseNothing(count: number): TowpathError {
  return new TowpathError({
    code: 'NO_TABLES_MATCH',
    message: 'There is no table to load.',
    cause: `The login sees ${count} tables and views; --include, --exclude and --views leave none of them.`,
    fix: 'Look with `datakit-sqlserver discover`; a pattern is matched with schema.name and with the name alone.',
  });
}
