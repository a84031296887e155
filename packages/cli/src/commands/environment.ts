import { registerEnvironmentDetect } from './environment-detect.ts';
import { registerEnvironmentList } from './environment-list.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath environment` (or `env`): the environments of a project, and which one is selected here. */
export const registerEnvironment: RegisterCommand = (program, context) => {
  const environment = program
    .command('environment')
    .alias('env')
    .description('The environments of a project, and which one is selected here.');
  registerEnvironmentList(environment, context);
  registerEnvironmentDetect(environment, context);
};
