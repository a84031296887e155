import { registerEnvironmentApply } from './environment-apply.ts';
import { registerEnvironmentClaim } from './environment-claim.ts';
import { registerEnvironmentShow } from './environment-show.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath environment` (or `env`): what the server knows of environments, and whose targets are. */
export const registerEnvironment: RegisterCommand = (program, context) => {
  const environment = program
    .command('environment')
    .alias('env')
    .description('Apply the environments of towpath.yaml, look at one, claim a target for one.');
  registerEnvironmentApply(environment, context);
  registerEnvironmentShow(environment, context);
  registerEnvironmentClaim(environment, context);
};
