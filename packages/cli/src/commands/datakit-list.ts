import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { describeInventoryAlert } from '@towpath/core';
import {
  type InstalledDatakit,
  type InventoryCell,
  type KnownPresence,
  readDatakits,
  readInventory,
} from '@towpath/datakit';
import { datakitFolders } from '../assets.ts';
import { addConnectionOptions, type ConnectionOptions } from '../connection/connect.ts';
import { askServer } from '../datakit/ask-server.ts';
import { formatAlerts } from '../datakit/format-alerts.ts';
import { createImageAccess } from '../datakit/image-access.ts';
import { shortDigest } from '../datakit/short-digest.ts';
import { formatTable } from '../rendering/table.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly project?: string;
  readonly json?: boolean;
}

interface Row {
  readonly datakit: InstalledDatakit;
  readonly cells: readonly InventoryCell[];
  readonly known: ReadonlyMap<string, KnownPresence>;
}

/** `npx towpath datakit list`: datakit × environment, from the registries, and what a server knows of what ran. Exit code 1 when something needs somebody's eye. */
export const registerDatakitList: RegisterCommand = (command, context, exitWith) => {
  const list = command
    .command('list')
    .description(
      'Show which version of each datakit is in the registry of each environment; drift, and what can not run there, is exit code 1.',
    )
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON');
  addConnectionOptions(list)
    .addHelpText('after', '\nWhere a server is known, what ran last and the version of each agent are looked at, too.')
    .action(async (options: Options) => {
      const { folder, declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const environments = [...declaration.environments.values()].filter(({ registry }) => registry !== undefined);
      const access = { ...createImageAccess(context), environments, platformVersion: VERSION };
      const server = await askServer(context, options);
      const rows: Row[] = [];
      for (const datakit of readDatakits(datakitFolders(folder))) {
        const known = server.find(datakit.name);
        rows.push({ datakit, known, cells: await readInventory({ ...access, name: datakit.name, known }) });
      }
      if (server.error !== undefined) context.err(`The server was not asked. ${server.error.message}\n`);
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

function toView({ datakit: { name, version }, cells, known }: Row) {
  const environments = cells.map(({ environment, newest, versions, isBehind, alerts, error }) => ({
    environment,
    version: newest?.version ?? null,
    digest: newest?.digest ?? null,
    versions,
    isBehind,
    alerts: alerts.map((alert) => ({ ...alert, text: describeInventoryAlert(alert) })),
    error: error ?? null,
    named: known.get(environment)?.named ?? [],
    lastRun: known.get(environment)?.lastRun ?? null,
    platformVersion: known.get(environment)?.platformVersion ?? null,
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
