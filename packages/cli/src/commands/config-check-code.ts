import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import type { CodeCheck, CodeFinding } from '@towpath/config/check-code';
import { toPrintable } from '@towpath/core';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

/** `towpath config check-code`: hard-coded environments in TypeScript, Python, SQL and YAML. Exit code 1 when there are any. */
export const registerConfigCheckCode: RegisterCommand = (program, context, exitWith) => {
  program
    .command('check-code')
    .description('Find hard-coded environments in TypeScript, Python, SQL and YAML (exit code 1).')
    .argument('[paths...]', 'files and folders of the project (default: all its code but tests and config/)')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nA comment `towpath-ignore: <reason>` on the line, or the one above, excuses it.')
    .action(async (paths: readonly string[], options: Options) => {
      const { folder, declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const { checkCode } = await import('@towpath/config/check-code');
      const check = checkCode(folder, declaration, paths);
      if (options.json) context.out(`${JSON.stringify(check, null, 2)}\n`);
      else context.out(`${check.findings.map(formatFinding).join('')}${describe(check)}\n`);
      exitWith(check.findings.length > 0 ? 1 : 0);
    });
};

function formatFinding({ file, line, column, message, fix }: CodeFinding): string {
  return `✗ ${file}:${line}:${column}  ${toPrintable(message)}\n    fix: ${fix}\n`;
}

function describe({ fileCount, ignoredCount, findings }: CodeCheck): string {
  const count =
    findings.length === 0
      ? 'nothing hard-coded'
      : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  const ignored = ignoredCount === 0 ? '' : `, ${ignoredCount} ignored with a reason`;
  return `${fileCount} ${fileCount === 1 ? 'file' : 'files'}: ${count}${ignored}.`;
}
