import { registerEnvironmentApply } from './environment-apply.ts';
import { registerEnvironmentClaim } from './environment-claim.ts';
import { registerEnvironmentDetect } from './environment-detect.ts';
import { registerEnvironmentList } from './environment-list.ts';
import { registerEnvironmentShow } from './environment-show.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath environment` (or `env`): what the project declares, what the server knows, and whose targets are. */
export const registerEnvironment: RegisterCommand = (program, context) => {
  const environment = program
    .command('environment')
    .alias('env')
    .description('List the environments of a project, say which is selected, apply them to a server, claim targets.');
  registerEnvironmentList(environment, context);
  registerEnvironmentDetect(environment, context);
  registerEnvironmentApply(environment, context);
  registerEnvironmentShow(environment, context);
  registerEnvironmentClaim(environment, context);
};
