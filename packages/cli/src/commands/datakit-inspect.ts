import { resolve } from 'node:path';
import { getProject } from '@towpath/config';
import { type ErrorFacts, TowpathError, toErrorFacts } from '@towpath/core';
import {
  type ImageEnvironment,
  type InventoryCell,
  openDatakitPlace,
  type PublishedImage,
  parseDatakitReference,
  readInventory,
  readPublished,
} from '@towpath/datakit';
import { formatAlerts, formatUnknown } from '../datakit/format-alerts.ts';
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
  const asked = await Promise.all(environments.map((one) => ask(one, { name, reference }, access)));
  const told = asked.filter((one) => one.image !== undefined || one.error !== undefined);
  if (!told.some(({ image }) => image !== undefined)) throw nowhere(text, asked);
  const value = told.map(({ environment, image, error }) => ({ environment, ...image, ...(error && { error }) }));
  return { value, words: told.map((one) => formatAsked(name, one)).join(''), isAlarming: false };
}

interface Asked {
  readonly environment: string;
  readonly image?: PublishedImage | undefined;
  /** Why nothing is known of this environment. */
  readonly error?: ErrorFacts;
}

/** A registry that can't be asked hides no other. */
async function ask(
  environment: ImageEnvironment,
  { name, reference }: { readonly name: string; readonly reference: string },
  access: ImageAccess,
): Promise<Asked> {
  try {
    const image = await readPublished(openDatakitPlace(environment, name, access), reference);
    return { environment: environment.name, image };
  } catch (thrown) {
    return { environment: environment.name, error: toErrorFacts(thrown) };
  }
}

const MIB = 1024 * 1024;

function formatAsked(name: string, { environment, image, error }: Asked): string {
  if (error !== undefined) return `${environment}: ?\n${formatUnknown(name, environment, error)}`;
  if (image === undefined) return '';
  const lines = Object.entries(image.labels).map(([label, value]) => `  ${label}=${value}\n`);
  return `${environment}: ${image.digest}, ${(image.sizeBytes / MIB).toFixed(1)} MiB\n${lines.join('')}`;
}

function formatCells(cells: readonly InventoryCell[]): string {
  const rows = cells.map(({ environment, newest, image, versions, error }) => [
    environment,
    error === undefined ? (newest?.version ?? '–') : '?',
    newest?.digest ?? '–',
    image?.revision?.slice(0, 12) ?? '–',
    image?.minimumPlatform ?? '–',
    versions.slice(0, 5).join(' ') + (versions.length > 5 ? ` and ${versions.length - 5} more` : '') || '–',
  ]);
  return formatTable(['ENVIRONMENT', 'NEWEST', 'DIGEST', 'COMMIT', 'PLATFORM', 'VERSIONS'], rows);
}

/** Where no registry could be asked, what the first one said: then nobody knows whether it is there. */
function nowhere(text: string, asked: readonly Asked[]): TowpathError {
  const [unknown, known] = [asked.filter(({ error }) => error), asked.filter(({ error }) => !error)];
  const [first] = unknown;
  if (first?.error !== undefined && known.length === 0) return new TowpathError(first.error);
  const missed = unknown.map(({ environment, error }) => ` ${environment} could not be asked: ${error?.message}`);
  return new TowpathError({
    code: 'IMAGE_MISSING',
    message: `No environment ${unknown.length === 0 ? '' : 'that could be asked '}has ${text}.`,
    cause: `Asked: the registries of ${known.map(({ environment }) => environment).join(', ') || 'no environment, none declares one'}.${missed.join('')}`,
    fix: '`npx towpath datakit list` shows what is where.',
  });
}
