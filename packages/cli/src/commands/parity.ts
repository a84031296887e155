import { resolve } from 'node:path';
import { getEnvironment, getProject, type Project, resolveConfiguration } from '@towpath/config';
import {
  type ConfigProblem,
  compareEnvironments,
  type ParityDifference,
  type ResolvedConfiguration,
} from '@towpath/core';
import { formatProblems } from '../configuration/format-problems.ts';
import type { CommandContext } from '../context.ts';
import { describeHere } from '../project/describe-here.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

/** `towpath parity A B`: every difference of two environments, those that are not allowed marked. Exit code 1 for any of these. */
export const registerParity: RegisterCommand = (program, context, exitWith) => {
  program
    .command('parity')
    .description('Compare two environments: every difference, red outside the allowed list (exit code 1).')
    .argument('<left>', 'an environment')
    .argument('<right>', 'another one')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath parity int prod')
    .action((left: string, right: string, options: Options) => {
      const project = getProject(resolve(context.cwd, options.project ?? '.'));
      const sides = [left, right].map((name) => resolveSide(context, project, name));
      const [a, b] = sides;
      if (a === undefined || b === undefined) return;
      const differences = compareEnvironments(project.declaration, a, b);
      // What is not known can't be called equal.
      const problems = sides.flatMap((side) => side.problems.filter(isAboutFiles));
      const isRed = problems.length > 0 || differences.some(({ isAllowed }) => !isAllowed);
      if (options.json)
        context.out(`${JSON.stringify({ left, right, isEqual: !isRed, differences, problems }, null, 2)}\n`);
      else
        context.out(
          `${formatDifferences(left, right, differences)}${problems.length > 0 ? formatProblems(problems) : ''}`,
        );
      exitWith(isRed ? 1 : 0);
    });
};

function resolveSide(context: CommandContext, project: Project, name: string): ResolvedConfiguration {
  const environment = getEnvironment(project.declaration, name);
  const here = describeHere(context, project, environment);
  return resolveConfiguration({ project, environment, processVariables: {}, ...here });
}

function isAboutFiles({ code }: ConfigProblem): boolean {
  return code === 'ENVIRONMENT_FILE_MISSING' || code === 'ENVIRONMENT_FILE_INVALID';
}

function formatDifferences(left: string, right: string, differences: readonly ParityDifference[]): string {
  if (differences.length === 0) return `${left} and ${right} do not differ.\n`;
  const rows = differences.map((difference) => [
    difference.isAllowed ? '·' : '✗ red',
    difference.subject,
    difference.left ?? '-',
    difference.right ?? '-',
    difference.reason,
  ]);
  const red = differences.filter(({ isAllowed }) => !isAllowed).length;
  const verdict =
    red === 0
      ? 'All differences are allowed.'
      : `${red} ${red === 1 ? 'difference is' : 'differences are'} not allowed.`;
  return `${formatTable(['', 'WHAT', left.toUpperCase(), right.toUpperCase(), 'WHY'], rows)}${verdict}\n`;
}
