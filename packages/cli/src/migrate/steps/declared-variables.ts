// Which variables a repository has already: read from its loader and its files of values.
import { isReservedVariable } from '@towpath/core';
import type { MigratedVariable, Snapshot } from '../migration.ts';

const SECRET = /(?:^|_)(?:KEY|SECRET|PASSWORD|TOKEN|CREDENTIALS?)$/;

/** What every environment has: the prefix of its buckets. */
const PREFIX: MigratedVariable = {
  name: 'S3_BUCKET_PREFIX',
  type: 'prefix',
  template: undefined,
  isRequired: true,
  parity: 'id',
};

/** All variables of the migrated project: those in use, then those that stand for hard-coded values. */
export function listVariables(files: Snapshot, found: readonly MigratedVariable[]): readonly MigratedVariable[] {
  const loader = files.get('config/config.py') ?? '';
  const listed = [...listRead(loader), ...listGiven(files), ...listComputed(loader), ...found];
  const variables = new Map<string, MigratedVariable>();
  // Where a bucket is computed, its prefix comes first: the order is the one of the example file.
  if (listed.some(({ template }) => template?.includes('S3_BUCKET_PREFIX'))) variables.set(PREFIX.name, PREFIX);
  for (const variable of listed)
    if (isDeclarable(variable.name) && !variables.has(variable.name)) variables.set(variable.name, variable);
  return [...variables.values()].map((variable) => ({ ...variable, parity: findParity(files, variable) }));
}

const ENDPOINT_TYPES: readonly string[] = ['url', 'host', 'port'];

/** What differs between the environments already may do so. */
function findParity(files: Snapshot, { name, type, template, isSecret, parity }: MigratedVariable) {
  if (template !== undefined || parity !== undefined) return parity;
  if (ENDPOINT_TYPES.includes(type)) return 'endpoint';
  const line = new RegExp(`^(?:export\\s+)?${name}\\s*=\\s*(.*)$`, 'm');
  const texts = [...files].flatMap(([path, text]) =>
    /^config\/\.env\.(?!example$)/.test(path) ? [line.exec(text)?.[1] ?? ''] : [],
  );
  return isSecret || new Set(texts).size > 1 ? 'id' : undefined;
}

/** Names that the project file takes: ENVIRONMENT and others follow from the selected environment. */
function isDeclarable(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && !isReservedVariable(name);
}

/** `AWS_REGION = os.getenv("AWS_REGION", "ca-central-1")`. */
function listRead(loader: string): readonly MigratedVariable[] {
  const reads = loader.matchAll(/os\.(?:getenv|environ\.get)\(\s*["'](\w+)["']\s*(?:,\s*["']([^"']*)["']\s*)?\)/g);
  return [...reads].map(([, name = '', defaultText]) => ({ ...describe(name), defaultText }));
}

/** Templates of the variables that a repository computes itself, by name. */
export function readComputed(files: Snapshot): ReadonlyMap<string, string> {
  const variables = listComputed(files.get('config/config.py') ?? '');
  return new Map(variables.map(({ name, template = '' }) => [name, template]));
}

/** `BRONZE_BUCKET = f"{S3_BUCKET_PREFIX}-bronze-zone"`. */
function listComputed(loader: string): readonly MigratedVariable[] {
  const lines = loader.matchAll(/^\s+([A-Z][A-Z0-9_]*)\s*=\s*f["']([^"'\n]*\{[^"'\n]*)["']/gm);
  return [...lines].map(([, name = '', text = '']) => ({
    name,
    type: describe(name).type,
    template: text.replace(/\{(?:cls\.|self\.)?([A-Z][A-Z0-9_]*)\}/g, '$${$1}'),
  }));
}

/** Names in `config/.env.*`, the example included. */
function listGiven(files: Snapshot): readonly MigratedVariable[] {
  return [...files].flatMap(([path, text]) => {
    if (!path.startsWith('config/.env.')) return [];
    const names = text.matchAll(/^(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/gm);
    return [...names].map(([, name = '']) => describe(name));
  });
}

function describe(name: string): MigratedVariable {
  return { name, type: findType(name), template: undefined, ...(SECRET.test(name) && { isSecret: true }) };
}

function findType(name: string): string {
  if (name === 'LOG_LEVEL') return 'logLevel';
  if (/^DEBUG(?:_MODE)?$/.test(name)) return 'boolean';
  if (/_BUCKET$/.test(name)) return 'bucket';
  if (/_PREFIX$/.test(name)) return 'prefix';
  if (/_DATABASE$/.test(name)) return 'database';
  if (/_URL$/.test(name)) return 'url';
  if (/_PORT$/.test(name)) return 'port';
  return 'string';
}
