// `validate-env`: every problem of the environment at once, without connecting anywhere.
import { findSettingProblems, readSettings } from '../settings/read-settings.ts';
import { BRONZE_VARIABLES, SOURCE_VARIABLES } from '../settings/variables.ts';
import type { CommandContext } from './command-context.ts';

/** Prints one line per variable. Error: `SETTINGS_INVALID` when any has a problem. */
export function validateEnv({ env, print }: CommandContext): void {
  const problems = new Map(findSettingProblems(env).map(({ variable, problem }) => [variable, problem]));
  for (const { name, description } of [...SOURCE_VARIABLES, ...BRONZE_VARIABLES]) {
    const problem = problems.get(name);
    const state = problem
      ? `problem  ${name} ${problem}`
      : `${env[name] ? 'set    ' : 'default'}  ${name}  ${description}`;
    print(state);
  }
  readSettings(env);
}
