import { registerPlatformPublish } from './platform-publish.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath platform`: Towpath's own images. */
export const registerPlatform: RegisterCommand = (program, context, exitWith) => {
  const platform = program
    .command('platform')
    .description('Images of Towpath itself: server and agent, and what TypeScript tasks run in.');
  registerPlatformPublish(platform, context, exitWith);
};
