// `ingest-tables`: the tables named on the command line.
import type { Command } from 'commander';
import { readLoadConfiguration } from '../settings/configuration.ts';
import { parseSourceTable } from '../source/source-table.ts';
import type { CommandContext } from './command-context.ts';
import { addLoadOptions } from './load-options.ts';
import { type ManyTablesOptions, planTableRuns, runTables } from './many-tables.ts';

interface Options extends ManyTablesOptions {
  readonly sourceSchema: string;
}

/** Adds the command. */
export function addIngestTables(program: Command, context: CommandContext): void {
  const command = program
    .command('ingest-tables')
    .description('load several tables, BRONZE_MAX_WORKERS at the same time')
    .argument('<tables...>', 'names as for ingest-table')
    .option('--source-schema <name>', 'schema of tables given without one', 'dbo')
    .option('--continue-on-error', 'go on with the others when one fails');
  addLoadOptions(command)
    .addHelpText('after', '\nExample:\n  datakit-sqlserver ingest-tables dbo.Customer dbo.Orders --continue-on-error')
    .action((tables: string[], _own: unknown, self: Command) =>
      runIngestTables(context, tables, self.optsWithGlobals<Options>()),
    );
}

async function runIngestTables(context: CommandContext, tables: readonly string[], options: Options): Promise<void> {
  const configuration = await readLoadConfiguration(context.env, options);
  const world = { context, configuration, options };
  const sources = tables.map((table) => parseSourceTable(table, options.sourceSchema));
  await runTables(world, planTableRuns(world, sources));
}
