import { toPrintable, toPrintableLines } from '@towpath/core';
import { InvalidArgumentError } from 'commander';
import { CHECKS, type NamedCheck } from '../doctor/all-checks.ts';
import type { Finding } from '../doctor/check.ts';
import type { SubjectOptions } from '../doctor/describe-subject.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends SubjectOptions {
  readonly only?: readonly NamedCheck[];
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** `npx towpath doctor`: what is wrong with this machine, the selected environment, this instance; quiet when all is well. */
export const registerDoctor: RegisterCommand = (program, context, exitWith) => {
  program
    .command('doctor')
    .description(
      'Look for problems: this machine, the selected environment, what it reaches, this instance. Changes nothing; exit code 1 when there is one.',
    )
    .option('--environment <name>', 'environment (default: ENVIRONMENT, then DBT_TARGET, then defaultEnvironment)')
    .option('--all', 'the configuration of every environment, too, and all against each other')
    .option('--only <checks>', `some of them: ${CHECKS.map(({ name }) => name).join(', ')}`, parseChecks)
    .option('--state <folder>', 'state folder (default: the nearest .towpath)')
    .option('-v, --verbose', 'show what is healthy, too')
    .option('--json', 'print all findings as JSON')
    .addHelpText('after', '\nExample:\n  npx towpath doctor --environment int --only targets,secrets')
    .action(async ({ only = CHECKS, ...options }: Options) => {
      // Loaded here, not at the top: no other command needs it.
      const { findFindings } = await import('../doctor/find-findings.ts');
      const findings = await findFindings(context, options, only);
      const hasProblem = findings.some(({ status }) => status === 'problem');
      if (options.json) context.out(`${JSON.stringify(findings.map(toJson), null, 2)}\n`);
      else context.out(formatFindings(findings, options.verbose === true));
      exitWith(hasProblem ? 1 : 0);
    });
};

function parseChecks(text: string, before: readonly NamedCheck[] = []): readonly NamedCheck[] {
  const wanted = text.split(',').map((name) => {
    const check = CHECKS.find((one) => one.name === name.trim());
    if (check) return check;
    throw new InvalidArgumentError(`There is no check ${JSON.stringify(name.trim().slice(0, 100))}.`);
  });
  return CHECKS.filter((check) => before.includes(check) || wanted.includes(check));
}

/** Always these members: what reads it needs no case for their absence, but `code`, which only what is wrong has. */
function toJson({ subject, status, text, fix, code }: Finding) {
  return { subject, status, text, fix: fix ?? null, ...(code === undefined ? {} : { code }) };
}

function formatFindings(findings: readonly Finding[], isVerbose: boolean): string {
  const shown = findings.filter(({ status }) => isVerbose || status !== 'ok');
  const lines = shown.map(({ subject, status, text, fix, code }) => {
    const mark = { ok: '✓', note: '·', problem: '✗' }[status];
    const word = code === undefined ? '' : ` ${code}`;
    const first = `${mark} ${toPrintable(subject)}:${word} ${toPrintableLines(text, '    ')}`;
    return fix === undefined ? first : `${first}\n    fix: ${toPrintableLines(fix, '    ')}`;
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  const verdict =
    problems === 0 ? 'No problem found.' : `${problems} ${problems === 1 ? 'problem' : 'problems'} found.`;
  return `${[...lines, verdict].join('\n')}\n`;
}
