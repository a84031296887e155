import { PART_FILE, readPartConfig } from '../stack/part-config.ts';
import type { RegisterCommand } from './register-command.ts';

/** What containers of the local stack run; not for people, so no help names it. */
export const registerPart: RegisterCommand = (program, context) => {
  program.command('part', { hidden: true }).action(async () => {
    const { runPart } = await import('../stack/run-part.ts');
    await runPart(context, readPartConfig(PART_FILE));
  });
};
