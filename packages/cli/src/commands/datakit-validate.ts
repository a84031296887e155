import { relative } from 'node:path';
import { toPrintable } from '@towpath/core';
import { DATAKIT_FILE, type DatakitReport, validateDatakit } from '@towpath/datakit';
import { findDatakitFolder } from '../datakit/find-datakit.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

/** `npx towpath datakit validate FOLDER`: everything that is wrong with it, at once. Exit code 1 when there is anything. */
export const registerDatakitValidate: RegisterCommand = (datakit, context, exitWith) => {
  datakit
    .command('validate')
    .description('Judge manifest and folder of a datakit; all problems together (exit code 1).')
    .argument('<datakit>', 'its folder, or its name')
    .option('--json', 'print JSON')
    .action((text: string, { json }: { readonly json?: boolean }) => {
      const folder = findDatakitFolder(context.cwd, text);
      const report = validateDatakit(folder, VERSION);
      const file = relative(context.cwd, `${folder}/${DATAKIT_FILE}`);
      context.out(json ? `${JSON.stringify({ file, problems: report.problems }, null, 2)}\n` : format(file, report));
      exitWith(report.problems.length > 0 ? 1 : 0);
    });
};

function format(file: string, { manifest: { name, version }, problems }: DatakitReport): string {
  const lines = problems.map(
    ({ key, message, line }) => `✗ ${file}:${line}  ${toPrintable(`${key} ${message}`.trim())}\n`,
  );
  if (problems.length === 0) return `${name} ${version}: nothing wrong.\n`;
  return `${lines.join('')}${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.\n`;
}
