// `validate-env`: every problem of the environment at once, without connecting anywhere.
import type { Command } from 'commander';
import { type CliOptions, readConfiguration } from '../settings/configuration.ts';
import { findSettingProblems, readSettings } from '../settings/read-settings.ts';
import { VARIABLES } from '../settings/variables.ts';
import type { CommandContext } from './command-context.ts';

/** Adds the command. */
export function addValidateEnv(program: Command, context: CommandContext): void {
  program
    .command('validate-env')
    .description('check every environment variable and list all problems together')
    .action((_own: unknown, self: Command) => validateEnv(context, self.optsWithGlobals<CliOptions>()));
}

/** Prints one line per variable. Errors: `SETTINGS_INVALID` when any has a problem, `CONFIG_FILE_INVALID`. */
async function validateEnv({ env: given, print }: CommandContext, options: CliOptions): Promise<void> {
  const { env } = await readConfiguration(given, options);
  const problems = new Map(findSettingProblems(env).map(({ variable, problem }) => [variable, problem]));
  for (const { name, description } of VARIABLES) {
    const problem = problems.get(name);
    const state = problem
      ? `problem  ${name} ${problem}`
      : `${env[name] ? 'set    ' : 'default'}  ${name}  ${description}`;
    print(state);
  }
  readSettings(env);
}
