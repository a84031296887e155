import { join, resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { toPrintableLines } from '@towpath/core';
import type { Check, CheckSubject, Finding } from '../doctor/check.ts';
import { findStateFolder, STATE_FOLDER } from '../instance/instance-record.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly state?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** `npx towpath doctor`: finds what is wrong with this machine and this instance; quiet when all is well. */
export const registerDoctor: RegisterCommand = (program, context, exitWith) => {
  program
    .command('doctor')
    .description('Look for problems: Node, disk, ports, PostgreSQL, mock SQL Server, server, agent. Changes nothing.')
    .option('--state <folder>', 'state folder (default: the nearest .towpath)')
    .option('-v, --verbose', 'show what is healthy, too')
    .option('--json', 'print all findings as JSON')
    .action(async (options: Options) => {
      const findings = await findAll(describeSubject(context.cwd, options.state));
      const hasProblem = findings.some(({ status }) => status === 'problem');
      if (options.json) context.out(`${JSON.stringify(findings, null, 2)}\n`);
      else context.out(formatFindings(findings, options.verbose === true));
      exitWith(hasProblem ? 1 : 0);
    });
};

// Loaded here, not at the top: the checks bring PostgreSQL and TDS clients that no other command needs.
async function findAll(subject: CheckSubject): Promise<readonly Finding[]> {
  const modules = await Promise.all([
    import('../doctor/check-node.ts').then(({ checkNode }): Check => checkNode),
    import('../doctor/check-disk.ts').then(({ checkDisk }): Check => checkDisk),
    import('../doctor/check-ports.ts').then(({ checkPorts }): Check => checkPorts),
    import('../doctor/check-postgres.ts').then(({ checkPostgres }): Check => checkPostgres),
    import('../doctor/check-mock.ts').then(({ checkMock }): Check => checkMock),
    import('../doctor/check-instance.ts').then(({ checkInstance }): Check => checkInstance),
  ]);
  return (await Promise.all(modules.map((check) => check(subject)))).flat();
}

function describeSubject(cwd: string, state: string | undefined): CheckSubject {
  const projectFolder = findProjectFolder(cwd);
  const stateFolder = resolve(cwd, state ?? findStateFolder(cwd) ?? join(projectFolder ?? cwd, STATE_FOLDER));
  return { projectFolder, stateFolder, ports: { console: 8080, postgres: 5432, mock: 1433 } };
}

function findProjectFolder(cwd: string): string | undefined {
  try {
    return getProject(cwd).folder;
  } catch {
    // No project is no problem: doctor also runs before `npx towpath init`.
    return undefined;
  }
}

function formatFindings(findings: readonly Finding[], isVerbose: boolean): string {
  const shown = findings.filter(({ status }) => isVerbose || status !== 'ok');
  const lines = shown.map(({ subject, status, text, fix }) => {
    const mark = { ok: '✓', note: '·', problem: '✗' }[status];
    const first = `${mark} ${subject}: ${toPrintableLines(text, '    ')}`;
    return fix === undefined ? first : `${first}\n    fix: ${fix}`;
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  const verdict =
    problems === 0 ? 'No problem found.' : `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`;
  return `${[...lines, verdict].join('\n')}\n`;
}
