import { basename, resolve } from 'node:path';
import type { CommandContext } from '../context.ts';
import { toProjectName } from '../init/project-name.ts';
import { createProjectTemplate } from '../init/project-template.ts';
import { type WrittenFile, writeProject } from '../init/write-project.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly name?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `npx towpath init`: writes a small project; asks at most once, overwrites nothing. */
export const registerInit: RegisterCommand = (program, context) => {
  program
    .command('init')
    .description('Write a small project here. Existing files are left as they are.')
    .argument('[folder]', 'where to write it', '.')
    .option('--name <name>', "name of the project (default: the folder's name)")
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show what would be written')
    .option('--json', 'print JSON; asks nothing')
    .action(async (folder: string, options: Options) => {
      const target = resolve(context.cwd, folder);
      const files = createProjectTemplate(toProjectName(options.name ?? basename(target)));
      if (options.json) return context.out(formatJson(target, options.dryRun ? files : writeProject(target, files)));
      context.out(`Files for ${target}:\n${files.map(({ path }) => `  ${path}\n`).join('')}`);
      if (options.dryRun || !(await isConfirmed(context, options))) return;
      context.out(formatResult(writeProject(target, files), folder));
    });
};

function formatJson(folder: string, files: readonly { readonly path: string; readonly isWritten?: boolean }[]): string {
  const listed = files.map(({ path, isWritten = false }) => ({ path, isWritten }));
  return `${JSON.stringify({ folder, files: listed }, null, 2)}\n`;
}

// The one question; without a terminal, or with --yes, nobody is asked.
async function isConfirmed(context: CommandContext, options: Options): Promise<boolean> {
  if (options.yes || !context.isTerminal) return true;
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: 'Write them? Existing files are left as they are.' })) === true;
}

function formatResult(written: readonly WrittenFile[], folder: string): string {
  const kept = written.filter(({ isWritten }) => !isWritten);
  const lines = kept.map(({ path }) => `  ${path} was there already and is unchanged\n`);
  return `${lines.join('')}Done. Next:\n${folder === '.' ? '' : `  cd ${folder}\n`}  npx towpath dev\n`;
}
