import { getProject } from '@towpath/config';
import { formatSize, type Sizing } from '@towpath/core';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

/** `npx towpath sizing`: the one table of sizes, as towpath.yaml declares it. */
export const registerSizing: RegisterCommand = (program, context) => {
  program
    .command('sizing')
    .description('Show the sizes of all environments: CPU, memory, workers, retention, spot, zones.')
    .option('--project <folder>', 'project that declares them (default: the one around this folder)')
    .option('--json', 'print JSON')
    .action((options: Options) => {
      const { environments } = getProject(options.project ?? context.cwd).declaration;
      const sizes = [...environments.values()].map(({ name, kind, sizing }) => ({
        environment: name,
        kind,
        ...sizing,
      }));
      if (options.json) return context.out(`${JSON.stringify(sizes, null, 2)}\n`);
      if (sizes.length === 0) return context.out('towpath.yaml declares no environments.\n');
      const rows = sizes.map(({ environment, kind, cpu, memory, workers, spot, zones, ...kept }) =>
        [environment, kind, cpu, memory, workers, formatRetention(kept), spot, zones].map((cell) =>
          String(cell ?? '–'),
        ),
      );
      context.out(
        formatTable(['environment', 'kind', 'cpu', 'memory', 'workers', 'retention days', 'spot', 'zones'], rows),
      );
    });
};

/** `7`, or `7 (gold: 365), daily 03:00` where a zone has days of its own and an agent deletes. */
function formatRetention({
  retentionDays,
  zoneRetentionDays,
  retentionDaily,
}: Pick<Sizing, 'retentionDays' | 'zoneRetentionDays' | 'retentionDaily'>): string | undefined {
  const zones = formatSize(zoneRetentionDays);
  const days = zones === null ? retentionDays?.toString() : `${retentionDays ?? '–'} (${zones})`;
  return retentionDaily === undefined ? days : `${days}, daily ${retentionDaily}`;
}
