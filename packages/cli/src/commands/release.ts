import type { RegisterCommand } from './register-command.ts';
import { registerReleaseCreate } from './release-create.ts';
import { registerReleaseDiff } from './release-diff.ts';
import { registerReleaseList } from './release-list.ts';
import { registerReleaseShow } from './release-show.ts';

/** `npx towpath release`: what is promoted; recorded once, never changed. */
export const registerRelease: RegisterCommand = (program, context) => {
  const release = program
    .command('release')
    .description('Record releases of a project, list them, and say how two differ.');
  for (const register of [registerReleaseCreate, registerReleaseList, registerReleaseShow, registerReleaseDiff])
    register(release, context);
};
