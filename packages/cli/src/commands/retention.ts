import { getProject, selectEnvironment } from '@towpath/config';
import { type EnvironmentDeclaration, getRetentionCutoff, TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { getUsableVariables } from '../project/usable-variables.ts';
import { formatTable } from '../rendering/table.ts';
import type { ExpiredData } from '../retention/expired-data.ts';
import { locateZone, ZONE_NAMES, type ZoneName } from '../retention/locate-zone.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly zone: string;
  readonly environment?: string;
  readonly project?: string;
  readonly apply?: boolean;
  readonly json?: boolean;
}

/** `npx towpath retention`: what a zone holds longer than its environment keeps data; --apply deletes it. */
export const registerRetention: RegisterCommand = (program, context) => {
  program
    .command('retention')
    .description('List what a zone holds longer than sizing.retentionDays of its environment; --apply deletes it.')
    .requiredOption('--zone <zone>', ZONE_NAMES.join(', '))
    .option('--environment <name>', 'whose zone (default: ENVIRONMENT)')
    .option('--project <folder>', 'project that declares it (default: the one around this folder)')
    .option('--apply', 'delete what is listed')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  npx towpath retention --zone bronze --environment dev')
    .action((options: Options) => settleZone(context, options));
};

async function settleZone(context: CommandContext, options: Options): Promise<void> {
  const { settleExpired } = await import('../retention/expired-data.ts');
  const project = getProject(options.project ?? context.cwd);
  const processVariables = context.env;
  const { environment, banner } = selectEnvironment(project.declaration, {
    flag: options.environment,
    processVariables,
  });
  if (banner !== undefined) context.err(`${banner}\n`);
  const retentionDays = getRetentionDays(environment);
  const zone = getZone(options.zone);
  const variables = getUsableVariables({ project, environment, processVariables });
  const cutoff = getRetentionCutoff(new Date(), retentionDays);
  const apply = options.apply === true;
  const found: ExpiredData[] = [];
  for (const place of locateZone({ project, environment, zone, variables }))
    found.push(...(await settleExpired(place, { zone, cutoff, apply })));
  const report = { environment: environment.name, zone, retentionDays, cutoff, isApplied: apply, data: found };
  context.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report));
}

interface Report {
  readonly environment: string;
  readonly zone: ZoneName;
  readonly retentionDays: number;
  readonly cutoff: Date;
  readonly isApplied: boolean;
  readonly data: readonly ExpiredData[];
}

function formatReport({ environment, zone, retentionDays, cutoff, isApplied, data }: Report): string {
  const what = `[${environment.toUpperCase()}] ${zone}, kept for ${retentionDays} days: `;
  if (data.length === 0) return `${what}nothing was loaded before ${cutoff.toISOString()}.\n`;
  const rows = data.map(({ target, name, count, oldestAt }) => [target, name, count, oldestAt.toISOString()]);
  const table = formatTable(['target', 'object or table', 'count', 'oldest'], rows);
  const end = isApplied ? 'Deleted.' : 'Nothing was deleted. Delete it with --apply.';
  return `${what}loaded before ${cutoff.toISOString()}\n${table}${end}\n`;
}

function getRetentionDays({ name, sizing }: EnvironmentDeclaration): number {
  const { retentionDays } = sizing;
  if (retentionDays !== undefined) return retentionDays;
  throw new TowpathError({
    code: 'RETENTION_UNDECLARED',
    message: `[${name.toUpperCase()}] Nothing says how long data is kept.`,
    cause: `environments.${name}.sizing.retentionDays is not in towpath.yaml.`,
    fix: 'Declare it; without it everything stays.',
  });
}

function getZone(text: string): ZoneName {
  const zone = ZONE_NAMES.find((name) => name === text);
  if (zone !== undefined) return zone;
  throw new TowpathError({
    code: 'ZONE_UNKNOWN',
    message: `There is no zone ${JSON.stringify(text.slice(0, 100))}.`,
    fix: `One of: ${ZONE_NAMES.join(', ')}`,
  });
}
