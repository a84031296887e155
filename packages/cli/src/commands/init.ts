import { basename, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { suggestName } from '../connection/suggest-name.ts';
import type { CommandContext } from '../context.ts';
import { findPreset, PRESET_NAMES, type PresetName } from '../init/presets.ts';
import { toProjectName } from '../init/project-name.ts';
import { createProjectTemplate } from '../init/project-template.ts';
import { type WrittenFile, writeProject } from '../init/write-project.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly name?: string;
  readonly preset?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `npx towpath init`: writes a small project; asks which environments and whether to write, overwrites nothing. */
export const registerInit: RegisterCommand = (program, context) => {
  program
    .command('init')
    .description('Write a small project here. Existing files are left as they are.')
    .argument('[folder]', 'where to write it', '.')
    .option('--name <name>', "name of the project (default: the folder's name)")
    .option('--preset <name>', `environments to start with: ${PRESET_NAMES.join(', ')} (default: local alone)`)
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show what would be written')
    .option('--json', 'print JSON; asks nothing')
    .addHelpText('after', '\nExample:\n  npx towpath init --preset local-int-qa-prod')
    .action(async (folder: string, options: Options) => {
      const target = resolve(context.cwd, folder);
      const choice = await choosePreset(context, options);
      if (choice === 'cancelled') return;
      const name = toProjectName(options.name ?? basename(target));
      const files = createProjectTemplate(name, choice.preset);
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

interface Choice {
  readonly preset: PresetName | undefined;
}

// Asked only where somebody can answer and has not said it.
async function choosePreset(context: CommandContext, options: Options): Promise<Choice | 'cancelled'> {
  if (options.preset !== undefined) return { preset: getPreset(options.preset) };
  if (options.yes || options.json || options.dryRun || !context.isTerminal) return { preset: undefined };
  const { isCancel, select } = await import('@clack/prompts');
  const alone = { value: 'local', label: 'local alone', hint: 'more can be declared later' };
  const presets = PRESET_NAMES.map((name) => ({ value: name, label: name.replaceAll('-', ' → ') }));
  const answer = await select({ message: 'Which environments?', options: [alone, ...presets] });
  return isCancel(answer) ? 'cancelled' : { preset: findPreset(answer) };
}

function getPreset(text: string): PresetName {
  const preset = findPreset(text);
  if (preset !== undefined) return preset;
  throw new TowpathError({
    code: 'PRESET_UNKNOWN',
    message: `There is no preset ${JSON.stringify(text.slice(0, 100))}.`,
    fix: suggestName(text, PRESET_NAMES),
  });
}

// Without a terminal, or with --yes, nobody is asked.
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
