// `ingest-table`: arguments → one ingestion → its lines and the result document.
import type { Command } from 'commander';
import { readLoadConfiguration } from '../settings/configuration.ts';
import { parseSourceTable } from '../source/source-table.ts';
import type { CommandContext } from './command-context.ts';
import { addLoadOptions } from './load-options.ts';
import { type IngestOptions, planTableRun, runTable } from './table-run.ts';
import { writeResult } from './write-result.ts';

interface Options extends IngestOptions {
  readonly sourceSchema: string;
}

/** Adds the command. */
export function addIngestTable(program: Command, context: CommandContext): void {
  const command = program
    .command('ingest-table')
    .description('load one table; readers see the previous data until all of it is there')
    .argument('<table>', 'dbo.Products, Products, or "[odd name].[a.b]"')
    .option('--source-schema <name>', 'schema of a table given without one', 'dbo')
    .option('--target-table <name>', 'table in the warehouse (default: <schema>_<table> in lower case)');
  addLoadOptions(command)
    .addHelpText('after', '\nExample:\n  datakit-sqlserver ingest-table dbo.Products')
    .action((table: string, _own: unknown, self: Command) =>
      runIngestTable(context, table, self.optsWithGlobals<Options>()),
    );
}

/** Runs one ingestion and writes its result document when TOWPATH_RESULT names a file. Errors: those of `ingestTable`. */
async function runIngestTable(context: CommandContext, table: string, options: Options): Promise<void> {
  const configuration = await readLoadConfiguration(context.env, options);
  const world = { context, configuration, options };
  const run = planTableRun(world, parseSourceTable(table, options.sourceSchema));
  await writeResult(context, await runTable(world, run));
}
