// The command line.
import { TowpathError } from '@towpath/core';
import { Command, CommanderError } from 'commander';
import { type BuildContext, buildModels, type Verb } from './build-models.ts';
import { writeResult } from './result.ts';
import { type Environment, type GivenOptions, readSettings } from './settings.ts';

/** The version in datakit.yaml and package.json; a test compares. */
export const DATAKIT_VERSION = '0.1.0';

export interface CommandContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Runs one command line. @throws TowpathError `USAGE_INVALID`, `SETTINGS_INVALID`, and those of `buildModels` */
export async function runDatakit(argv: readonly string[], context: CommandContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw refuseUsage(error);
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('datakit-dbt')
    .description(
      'Builds models of a dbt project, and writes what became of each into control.dbt_runs of the warehouse.',
    )
    .version(DATAKIT_VERSION)
    .configureOutput({ writeOut: (text) => context.print(text.trimEnd()), outputError: () => undefined })
    .exitOverride();
  addVerb(program, context, 'build', 'build models, seeds and snapshots, and test them');
  addVerb(program, context, 'run', 'build models');
  return program;
}

function addVerb(program: Command, { env, signal }: CommandContext, verb: Verb, description: string): void {
  const build: BuildContext = { env, signal, onResult: (invocations) => writeResult(env, invocations) };
  program
    .command(verb)
    .description(description)
    .option('--select <selectors...>', 'only these, in the words of dbt')
    .option('--exclude <selectors...>', 'but not these')
    .option(
      '--full-refresh <models>',
      'make these anew, with commas between, and build what reads them; nothing else. Empty: none',
    )
    .option('--target <name>', 'target of the profile (default: DBT_TARGET, which it must not contradict)')
    .action((options: GivenOptions) => buildModels(verb, readSettings(env, options), build));
}

function refuseUsage(error: CommanderError): TowpathError {
  const text = error.code === 'commander.help' ? 'it names no command' : error.message.replace(/^error: /, '');
  return new TowpathError(
    {
      code: 'USAGE_INVALID',
      message: `This command line can't be read: ${text}`,
      fix: 'Run `datakit-dbt --help`.',
    },
    { cause: error },
  );
}
