// What a repository says about its environments: their names, and buckets and databases that each of them has.
import { TowpathError } from '@towpath/core';
import { parse, parseDocument } from 'yaml';
import { z } from 'zod';
import type { KnownNames } from './literals/environment-words.ts';
import type { Snapshot } from './migration.ts';

/** Order of promotion of the names that people use; others stand between, as they were found. */
const USUAL_ORDER = [
  'local',
  'dev',
  'development',
  'int',
  'test',
  'qa',
  'staging',
  'uat',
  'A',
  'B',
  'prod',
  'production',
];

const DECLARATION = z.looseObject({ environments: z.record(z.string(), z.unknown()).optional() });

const PROFILES = z.record(
  z.string(),
  z.looseObject({ outputs: z.record(z.string(), z.record(z.string(), z.unknown())) }),
);

/**
 * Names of the environments: as given, else declared in towpath.yaml, else seen in `config/.env.*`, the outputs of dbt's
 * profiles and the deploy jobs of workflows.
 *
 * @throws TowpathError `MIGRATE_ENVIRONMENTS_UNKNOWN`
 */
export function readKnownNames(files: Snapshot, given: readonly string[]): KnownNames {
  const declared = listDeclared(files);
  const seen = [...listFromEnvFiles(files), ...listFromProfiles(files), ...listFromWorkflows(files)];
  const names = [given, declared, [...new Set(seen)].sort(byUsualOrder)].find((list) => list.length > 0);
  if (names === undefined) throw environmentsUnknown();
  return { environments: names, resources: listResources(files, names) };
}

function listDeclared(files: Snapshot): readonly string[] {
  const text = files.get('towpath.yaml');
  if (text === undefined) return [];
  return Object.keys(DECLARATION.catch({}).parse(parseDocument(text).toJS()).environments ?? {});
}

function listFromEnvFiles(files: Snapshot): readonly string[] {
  return [...files.keys()].flatMap((path) => {
    const name = /^config\/\.env\.([A-Za-z0-9_-]+)$/.exec(path)?.[1];
    return name === undefined || name === 'example' ? [] : [name];
  });
}

function listFromProfiles(files: Snapshot): readonly string[] {
  return readProfiles(files).flatMap(({ outputs }) => Object.keys(outputs));
}

function listFromWorkflows(files: Snapshot): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return [];
    return [...text.matchAll(/^ {2,4}deploy[-_]([a-z0-9]+):/gm)].map(([, name = '']) => name);
  });
}

/** The buckets and databases of profiles.yml without their environment: evidence of what a word in code names. */
function listResources(files: Snapshot, environments: readonly string[]): ReadonlySet<string> {
  const texts = readProfiles(files).flatMap(({ outputs }) => Object.values(outputs).flatMap(Object.values));
  const words = texts.flatMap((text) => String(text).match(/[A-Za-z0-9_-]+/g) ?? []);
  const rests = words.flatMap((word) => {
    const environment = environments.find((name) => word.startsWith(`${name}-`) || word.startsWith(`${name}_`));
    return environment === undefined ? [] : [word.slice(environment.length + 1)];
  });
  return new Set(rests);
}

function readProfiles(files: Snapshot): readonly { outputs: Record<string, Record<string, unknown>> }[] {
  return [...files].flatMap(([path, text]) => {
    if (!/(?:^|\/)profiles\.ya?ml$/.test(path)) return [];
    const { config: _, ...profiles } = z.record(z.string(), z.unknown()).catch({}).parse(parse(text));
    return Object.values(PROFILES.catch({}).parse(profiles));
  });
}

function byUsualOrder(a: string, b: string): number {
  const rank = (name: string): number => {
    const at = USUAL_ORDER.indexOf(name);
    return at < 0 ? USUAL_ORDER.indexOf('staging') : at;
  };
  return rank(a) - rank(b);
}

function environmentsUnknown(): TowpathError {
  return new TowpathError({
    code: 'MIGRATE_ENVIRONMENTS_UNKNOWN',
    message: 'Nothing here says which environments there are.',
    cause: 'There is no config/.env.<environment>, no profiles.yml with outputs and no job deploy-<environment>.',
    fix: 'Name them in the order of promotion, for example: --environments dev,staging,prod',
  });
}
