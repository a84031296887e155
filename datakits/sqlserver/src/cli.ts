// The command line: words and options only. What they do is in commands/.
import { TowpathError } from '@towpath/core';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './commands/command-context.ts';
import { type DiscoverOptions, discover } from './commands/discover.ts';
import { type IngestTableOptions, runIngestTable } from './commands/ingest-table.ts';
import { testConnection } from './commands/test-connection.ts';
import { validateEnv } from './commands/validate-env.ts';

/** The version in datakit.yaml and package.json; a test compares. */
export const DATAKIT_VERSION = '0.1.0';

// A reader's transaction usually ends within this; an ingestion that waits longer had better be tried again later.
const LOCK_TIMEOUT_SECONDS = 60;

/** Runs one command line. Errors: `USAGE_INVALID`, and those of the command. */
export async function runDatakit(argv: readonly string[], context: CommandContext): Promise<void> {
  const program = createProgram(context);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw refuseUsage(error);
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('datakit-sqlserver')
    .description('SQL Server tables into bronze (PostgreSQL), exactly. Settings come from environment variables.')
    .version(DATAKIT_VERSION)
    // Commander's own message becomes a TowpathError; it is not printed twice.
    .configureOutput({
      writeOut: (text) => context.print(text.trimEnd()),
      outputError: () => undefined,
      // The same text everywhere; the reference page quotes it.
      getOutHelpWidth: () => 80,
    })
    .exitOverride();
  addValidateEnv(program, context);
  addTestConnection(program, context);
  addDiscover(program, context);
  addIngestTable(program, context);
  return program;
}

function addValidateEnv(program: Command, context: CommandContext): void {
  program
    .command('validate-env')
    .description('check every environment variable and list all problems together')
    .action(() => validateEnv(context));
}

function addTestConnection(program: Command, context: CommandContext): void {
  program
    .command('test-connection')
    .description('connect to the source, and to bronze when BRONZE_HOST is set')
    .action(() => testConnection(context));
}

function addDiscover(program: Command, context: CommandContext): void {
  program
    .command('discover')
    .description('list the tables and views that the login can see')
    .option('--schema <name>', 'only this schema')
    .option('--pattern <glob>', 'only names like this, for example "Order*"')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--limit <count>', 'at most this many', parseCount)
    .action((options: DiscoverOptions) => discover(context, options));
}

function addIngestTable(program: Command, context: CommandContext): void {
  program
    .command('ingest-table')
    .description('load one table as a snapshot; readers see the previous data until all of it is there')
    .argument('<table>', 'dbo.Products, Products, or "[odd name].[a.b]"')
    .option('--source-schema <name>', 'schema of a table given without one', 'dbo')
    .option('--target-schema <name>', 'schema in the warehouse', 'bronze')
    .option('--target-table <name>', 'table in the warehouse (default: <schema>_<table> in lower case)')
    .option(
      '--lock-timeout <seconds>',
      'longest wait for another ingestion, or for readers',
      parseCount,
      LOCK_TIMEOUT_SECONDS,
    )
    .addHelpText('after', '\nExample:\n  datakit-sqlserver ingest-table dbo.Products')
    .action((table: string, options: IngestTableOptions) => runIngestTable(context, table, options));
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function refuseUsage(error: CommanderError): TowpathError {
  const [what = error.message, hint] = error.message.replace(/^error: /, '').split('\n');
  return new TowpathError(
    {
      code: 'USAGE_INVALID',
      message: `This command line can't be read: ${what}`,
      cause: hint,
      fix: 'Run `datakit-sqlserver --help`.',
    },
    { cause: error },
  );
}
