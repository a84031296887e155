import { resolve } from 'node:path';
import { getProject, type Selection, selectEnvironment } from '@towpath/config';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { formatTable } from '../rendering/table.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly environment?: string;
  readonly explain?: boolean;
}

/** `npx towpath environment detect`: which environment is selected here, and by which rule. */
export function registerEnvironmentDetect(environment: Command, context: CommandContext): void {
  environment
    .command('detect')
    .description(
      'Say which environment is selected. Order: --environment, ENVIRONMENT, DBT_TARGET alone, defaultEnvironment.',
    )
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--environment <name>', 'as a command would be told')
    .option('--explain', 'name the rule that decided, and what the others said')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath environment detect --explain')
    .action((options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const selection = selectEnvironment(declaration, { flag: options.environment, processVariables: context.env });
      context.out(options.json ? formatDetectedJson(selection) : formatDetected(selection, options.explain === true));
    });
}

function formatDetected({ environment, steps, decidedBy, banner }: Selection, isLong: boolean): string {
  const line = `${environment.name} (${environment.kind})\n`;
  if (!isLong) return banner === undefined ? line : `${line}${banner}\n`;
  const rows = steps.map(({ rule, finding, hasDecided }, index) => [
    String(index + 1),
    rule,
    finding,
    hasDecided ? 'decides' : '',
  ]);
  return `${line}decided by ${decidedBy}\n${formatTable(['', 'RULE', 'FINDING', ''], rows)}`;
}

function formatDetectedJson({ environment, decidedBy, steps, banner }: Selection): string {
  const view = { environment: environment.name, kind: environment.kind, decidedBy, steps, banner: banner ?? null };
  return `${JSON.stringify(view, null, 2)}\n`;
}
