import type { RetentionReport, ZoneReport } from '@towpath/agent';
import { getProject, selectEnvironment } from '@towpath/config';
import { formatErrorLines, TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { tellReads } from '../project/tell-reads.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly zone?: string;
  readonly all?: boolean;
  readonly environment?: string;
  readonly project?: string;
  readonly apply?: boolean;
  readonly json?: boolean;
}

/** `npx towpath retention`: what zones hold longer than their environment keeps data; --apply deletes it. */
export const registerRetention: RegisterCommand = (program, context, exitWith) => {
  program
    .command('retention')
    .description(
      'List what a zone holds longer than its environment keeps data (sizing.retentionDays); --apply deletes it.',
    )
    .option('--zone <zone>', 'bronze, silver, gold, or another one that the environment declares')
    .option('--all', 'every zone that a target holds; exit code 1 when one of them fails')
    .option('--environment <name>', 'whose zone (default: ENVIRONMENT)')
    .option('--project <folder>', 'project that declares it (default: the one around this folder)')
    .option('--apply', 'delete what is listed')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath retention --zone bronze --environment dev')
    .action(async (options: Options) => {
      if ((options.zone === undefined) === (options.all !== true)) throw zoneMissing();
      exitWith(await retain(context, options));
    });
};

async function retain(context: CommandContext, options: Options): Promise<number> {
  const report = await settle(context, options);
  const { zones, ...facts } = report;
  const [only] = zones;
  if (options.zone !== undefined && only?.error && only.count === 0) throw new TowpathError(only.error);
  const words = zones.map((zone) => formatZone(report, zone)).join('');
  const told = options.zone === undefined ? report : { ...facts, ...only };
  context.out(options.json ? `${JSON.stringify(told, null, 2)}\n` : words);
  return zones.some(({ error }) => error !== null) ? 1 : 0;
}

async function settle(context: CommandContext, options: Options): Promise<RetentionReport> {
  const { openEnvironmentSecrets, settleEnvironment } = await import('@towpath/agent');
  const project = getProject(options.project ?? context.cwd);
  const processVariables = context.env;
  const { environment, banner } = selectEnvironment(project.declaration, {
    flag: options.environment,
    processVariables,
  });
  if (banner !== undefined) context.err(`${banner}\n`);
  const inputs = { project, environment, processVariables };
  const log = (line: string): void => context.err(`${line}\n`);
  const reads = tellReads({ environment: environment.name, variables: context.env, log });
  const secrets = openEnvironmentSecrets(describeSecrets(inputs), reads);
  const { resolveText } = secrets;
  try {
    const { zone, apply = false } = options;
    return await settleEnvironment({ ...inputs, zone, apply, now: new Date(), resolveText });
  } finally {
    secrets.close();
  }
}

function formatZone(
  { environment, isApplied }: RetentionReport,
  { zone, retentionDays, cutoff, data, count, error }: ZoneReport,
): string {
  const what = `[${environment.toUpperCase()}] ${zone}, kept for ${retentionDays} days: `;
  const failure = error === null ? '' : `${formatErrorLines(error)}\n`;
  if (data.length === 0 && error !== null) return `${what}not finished\n${failure}`;
  if (data.length === 0) return `${what}nothing was loaded before ${cutoff.toISOString()}.\n`;
  const rows = data.map((row) => [row.target, row.name, row.count, row.oldestAt.toISOString()]);
  const table = formatTable(['target', 'object or table', 'count', 'oldest'], rows);
  const listed = data.reduce((sum, row) => sum + row.count, 0);
  const more = count > listed ? `… and ${count - listed} more\n` : '';
  const end = isApplied ? 'Deleted.' : 'Nothing was deleted. Delete it with --apply.';
  return `${what}loaded before ${cutoff.toISOString()}\n${table}${more}${end}\n${failure}`;
}

function zoneMissing(): TowpathError {
  return new TowpathError({
    code: 'ZONE_MISSING',
    message: 'Of which zone?',
    fix: 'Name one with --zone, or give --all for every zone of the environment; not both.',
  });
}
