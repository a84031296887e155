import { resolve } from 'node:path';
import {
  CONFIG_MODULE_PATH,
  ENV_EXAMPLE_PATH,
  formatConfigModule,
  formatEnvExample,
  getProject,
} from '@towpath/config';
import { toUse, useGenerated } from '../configuration/write-generated.ts';
import type { CommandContext } from '../context.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly write?: boolean;
  readonly check?: boolean;
}

/** `towpath config example` and `towpath config types`: files that are written from the declaration. */
export const registerConfigGenerate: RegisterCommand = (program, context, exitWith) => {
  const commands = [
    ['example', ENV_EXAMPLE_PATH, 'Print config/.env.example, which lists every variable.', formatEnvExample],
    ['types', CONFIG_MODULE_PATH, 'Print config/config.ts, a typed `config` for TypeScript code.', formatConfigModule],
  ] as const;
  for (const [name, path, description, format] of commands) {
    program
      .command(name)
      .description(description)
      .option('--project <folder>', 'project to read (default: the one around this folder)')
      .option('--write', `write ${path}`)
      .option('--check', `exit with 1 when ${path} is out of date`)
      .action((options: Options) => {
        const { folder, declaration } = readProject(context, options);
        const file = { folder, path, text: format(declaration) };
        exitWith(useGenerated(context, file, toUse(options), `config ${name}`));
      });
  }
};

function readProject(context: CommandContext, { project = '.' }: Options) {
  return getProject(resolve(context.cwd, project));
}
