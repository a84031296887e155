import { resolve } from 'node:path';
import { getProject, type Selection, selectEnvironment } from '@towpath/config';
import type { ExecutorDecision, ExecutorStep } from '@towpath/core';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { chooseExecutor } from '../project/describe-executor.ts';
import { formatTable } from '../rendering/table.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
  readonly environment?: string;
  readonly explain?: boolean;
  readonly executor?: string;
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
    .option('--executor <name>', 'as an agent would be told')
    .option('--explain', 'name the rule that decided, and what the others said')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath environment detect --explain')
    .action((options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const selection = selectEnvironment(declaration, { flag: options.environment, processVariables: context.env });
      const executor = chooseExecutor(selection.environment, { flag: options.executor, env: context.env });
      context.out(
        options.json
          ? formatDetectedJson(selection, executor)
          : formatDetected(selection, { executor, isLong: options.explain === true }),
      );
    });
}

interface Long {
  readonly executor: ExecutorDecision;
  readonly isLong: boolean;
}

function formatDetected({ environment, steps, decidedBy, banner }: Selection, { executor, isLong }: Long): string {
  const line = `${environment.name} (${environment.kind})\n`;
  if (!isLong) return banner === undefined ? line : `${line}${banner}\n`;
  return [
    `${line}decided by ${decidedBy}\n${formatSteps(steps)}`,
    `executor ${executor.executor}\ndecided by ${executor.decidedBy}\n${formatSteps(executor.steps)}`,
  ].join('\n');
}

function formatSteps(steps: readonly ExecutorStep[]): string {
  const rows = steps.map(({ rule, finding, hasDecided }, index) => [
    String(index + 1),
    rule,
    finding,
    hasDecided ? 'decides' : '',
  ]);
  return formatTable(['', 'RULE', 'FINDING', ''], rows);
}

function formatDetectedJson(
  { environment, decidedBy, steps, banner }: Selection,
  { isDeclared: _, ...executor }: ExecutorDecision,
): string {
  const { name, kind } = environment;
  const view = { environment: name, kind, decidedBy, steps, banner: banner ?? null, executor };
  return `${JSON.stringify(view, null, 2)}\n`;
}
