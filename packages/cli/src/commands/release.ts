import type { RegisterCommand } from './register-command.ts';
import { registerReleaseCreate } from './release-create.ts';
import { registerReleaseDiff } from './release-diff.ts';
import { registerReleaseList } from './release-list.ts';
import { registerReleaseRefuse } from './release-refuse.ts';
import { registerReleaseShow } from './release-show.ts';

/** `npx towpath release`: what is promoted; recorded once, never changed. */
export const registerRelease: RegisterCommand = (program, context) => {
  const release = program
    .command('release')
    .description('Record releases of a project, list them, say how two differ, and refuse one.');
  const all = [registerReleaseCreate, registerReleaseList, registerReleaseShow, registerReleaseDiff];
  for (const register of [...all, registerReleaseRefuse]) register(release, context);
};
