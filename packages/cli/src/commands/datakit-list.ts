import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { type InstalledDatakit, type InventoryCell, readDatakits, readInventory } from '@towpath/datakit';
import { datakitFolders } from '../assets.ts';
import { formatAlerts } from '../datakit/format-alerts.ts';
import { createImageAccess } from '../datakit/image-access.ts';
import { shortDigest } from '../datakit/short-digest.ts';
import { formatTable } from '../rendering/table.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

interface Row {
  readonly datakit: InstalledDatakit;
  readonly cells: readonly InventoryCell[];
}

/** `npx towpath datakit list`: datakit × environment, from the registries. Exit code 1 when something needs somebody's eye. */
export const registerDatakitList: RegisterCommand = (command, context, exitWith) => {
  command
    .command('list')
    .description('Show which version of each datakit is in the registry of each environment; drift is exit code 1.')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const { folder, declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const environments = [...declaration.environments.values()].filter(({ registry }) => registry !== undefined);
      const access = { ...createImageAccess(context), environments, platformVersion: VERSION };
      const rows: Row[] = [];
      for (const datakit of readDatakits(datakitFolders(folder)))
        rows.push({ datakit, cells: await readInventory({ ...access, name: datakit.name }) });
      context.out(
        options.json
          ? `${JSON.stringify(rows.map(toView), null, 2)}\n`
          : format(
              rows,
              environments.map(({ name }) => name),
            ),
      );
      exitWith(rows.some(({ cells }) => cells.some(({ alerts }) => alerts.length > 0)) ? 1 : 0);
    });
};

function toView({ datakit: { name, version }, cells }: Row) {
  const environments = cells.map(({ environment, newest, versions, isBehind, alerts, error }) => ({
    environment,
    version: newest?.version ?? null,
    digest: newest?.digest ?? null,
    versions,
    isBehind,
    alerts,
    error: error ?? null,
  }));
  return { name, version, environments };
}

function format(rows: readonly Row[], environments: readonly string[]): string {
  const table = formatTable(
    ['DATAKIT', 'HERE', ...environments.map((name) => name.toUpperCase())],
    rows.map(({ datakit, cells }) => [datakit.name, datakit.version, ...cells.map(formatCell)]),
  );
  return `${table}${rows.map(({ datakit, cells }) => formatAlerts(datakit.name, cells)).join('')}`;
}

function formatCell({ newest, isBehind, alerts, error }: InventoryCell): string {
  if (error !== undefined) return '?';
  if (newest === undefined) return '–';
  const mark = alerts.length > 0 ? ' ✗' : isBehind ? ' behind' : '';
  return `${newest.version} ${shortDigest(newest.digest)}${mark}`;
}
