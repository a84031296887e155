// The command line: the program and its list of commands. What they do is in commands/.
import { TowpathError } from '@towpath/core';
import { Command, CommanderError } from 'commander';
import type { CommandContext } from './commands/command-context.ts';
import { addDiscover } from './commands/discover.ts';
import { addIngestAll } from './commands/ingest-all.ts';
import { addIngestTable } from './commands/ingest-table.ts';
import { addIngestTables } from './commands/ingest-tables.ts';
import { addQuarantine } from './commands/quarantine.ts';
import { addTestConnection } from './commands/test-connection.ts';
import { addValidateEnv } from './commands/validate-env.ts';

/** The version in datakit.yaml and package.json; a test compares. */
export const DATAKIT_VERSION = '0.1.0';

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

/** All commands. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('datakit-sqlserver')
    .description(
      'SQL Server tables into bronze (PostgreSQL), exactly. Settings come from options, environment variables and a configuration file, in this order.',
    )
    .version(DATAKIT_VERSION)
    .option('--config <file>', 'configuration file in YAML or JSON (DATAKIT_CONFIG)')
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
  addIngestTables(program, context);
  addIngestAll(program, context);
  addQuarantine(program, context);
  return program;
}

function refuseUsage(error: CommanderError): TowpathError {
  const isBare = error.code === 'commander.help';
  const text = isBare ? 'it names no command' : error.message.replace(/^error: /, '');
  const [what = text, hint] = text.split('\n');
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
