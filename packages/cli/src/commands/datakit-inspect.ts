import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import {
  type ImageEnvironment,
  type InventoryCell,
  openDatakitPlace,
  type PublishedImage,
  parseDatakitReference,
  readInventory,
  readPublished,
} from '@towpath/datakit';
import { formatAlerts } from '../datakit/format-alerts.ts';
import { createImageAccess, type ImageAccess } from '../datakit/image-access.ts';
import { formatTable } from '../rendering/table.ts';
import { VERSION } from '../version.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly json?: boolean;
}

/** `npx towpath datakit inspect NAME`: one datakit in all environments, with digests, labels and versions. */
export const registerDatakitInspect: RegisterCommand = (datakit, context, exitWith) => {
  datakit
    .command('inspect')
    .description(
      'Show one datakit in the registry of each environment: digests, labels, versions; drift is exit code 1.',
    )
    .argument('<image>', 'name for the newest of each environment, name:version, or name@sha256:…')
    .option('--project <folder>', 'project to read (default: the one around this folder)')
    .option('--json', 'print JSON')
    .action(async (text: string, options: Options) => {
      const { declaration } = getProject(resolve(context.cwd, options.project ?? '.'));
      const environments = [...declaration.environments.values()].filter(({ registry }) => registry !== undefined);
      const inspect = parseDatakitReference(text).reference === undefined ? inspectNewest : inspectOne;
      const { value, words, isAlarming } = await inspect(text, environments, createImageAccess(context));
      context.out(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
      exitWith(isAlarming ? 1 : 0);
    });
};

interface Inspection {
  readonly value: unknown;
  readonly words: string;
  readonly isAlarming: boolean;
}

async function inspectNewest(
  name: string,
  environments: readonly ImageEnvironment[],
  access: ImageAccess,
): Promise<Inspection> {
  const cells = await readInventory({ ...access, name, environments, platformVersion: VERSION });
  const words = `${formatCells(cells)}${formatAlerts(name, cells)}`;
  return { value: cells, words, isAlarming: cells.some(({ alerts }) => alerts.length > 0) };
}

async function inspectOne(
  text: string,
  environments: readonly ImageEnvironment[],
  access: ImageAccess,
): Promise<Inspection> {
  const { name, reference = '' } = parseDatakitReference(text);
  const found = await findEverywhere({ name, reference }, environments, access);
  if (found.length === 0) throw nowhere(text, environments);
  return { value: found, words: formatFound(found), isAlarming: false };
}

type Found = PublishedImage & { readonly environment: string };

async function findEverywhere(
  { name, reference }: { readonly name: string; readonly reference: string },
  environments: readonly ImageEnvironment[],
  access: ImageAccess,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const environment of environments) {
    const image = await readPublished(openDatakitPlace(environment, name, access), reference);
    if (image !== undefined) found.push({ environment: environment.name, ...image });
  }
  return found;
}

const MIB = 1024 * 1024;

function formatFound(all: readonly Found[]): string {
  return all
    .map(({ environment, digest, sizeBytes, labels }) => {
      const lines = Object.entries(labels).map(([label, value]) => `  ${label}=${value}\n`);
      return `${environment}: ${digest}, ${(sizeBytes / MIB).toFixed(1)} MiB\n${lines.join('')}`;
    })
    .join('');
}

function formatCells(cells: readonly InventoryCell[]): string {
  const rows = cells.map(({ environment, newest, image, versions }) => [
    environment,
    newest?.version ?? '–',
    newest?.digest ?? '–',
    image?.revision?.slice(0, 12) ?? '–',
    image?.minimumPlatform ?? '–',
    versions.slice(0, 5).join(' ') + (versions.length > 5 ? ` and ${versions.length - 5} more` : '') || '–',
  ]);
  return formatTable(['ENVIRONMENT', 'NEWEST', 'DIGEST', 'COMMIT', 'PLATFORM', 'VERSIONS'], rows);
}

function nowhere(text: string, environments: readonly ImageEnvironment[]): TowpathError {
  return new TowpathError({
    code: 'IMAGE_MISSING',
    message: `No environment has ${text}.`,
    cause: `Asked: the registries of ${environments.map(({ name }) => name).join(', ') || 'no environment, none declares one'}.`,
    fix: '`npx towpath datakit list` shows what is where.',
  });
}
