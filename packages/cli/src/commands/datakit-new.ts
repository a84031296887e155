import { join, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { createTemplate, TEMPLATE_NAMES, type TemplateName, validateDatakit, writeDatakit } from '@towpath/datakit';
import { Option } from 'commander';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly template: TemplateName;
  readonly json?: boolean;
}

/** `npx towpath datakit new NAME`: a small datakit with a test, to be changed. */
export const registerDatakitNew: RegisterCommand = (datakit, context) => {
  datakit
    .command('new')
    .description('Write a new datakit to datakits/<name>: manifest, command, test.')
    .argument('<name>', 'what it and its command are called')
    .addOption(new Option('--template <language>', 'language').choices(TEMPLATE_NAMES).default('typescript'))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath datakit new line-counter --template python')
    .action((name: string, { template, json }: Options) => {
      if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > 40) throw nameInvalid(name);
      const path = join('datakits', name);
      const files = createTemplate(template, name, VERSION);
      writeDatakit(resolve(context.cwd, path), files);
      const { problems } = validateDatakit(resolve(context.cwd, path), VERSION);
      if (json)
        return context.out(`${JSON.stringify({ path, files: files.map((file) => file.path), problems }, null, 2)}\n`);
      const list = files.map((file) => `  ${join(path, file.path)}\n`).join('');
      context.out(`Written:\n${list}Next: npx towpath datakit test ${path}\n`);
    });
};

function nameInvalid(name: string): TowpathError {
  return new TowpathError({
    code: 'DATAKIT_NAME_INVALID',
    message: `A datakit can't be called ${JSON.stringify(name)}.`,
    cause: 'Its name is a part of the name of its image, and the name of a command.',
    fix: 'Use a-z, 0-9 and single hyphens between them, at most 40, such as line-counter.',
  });
}
