// Who owns what a value names. What another environment owns is refused whatever else is true of it: also where the own
// patterns match too, and where it is shared. In production, what nobody owns is refused as well.
import { OWNED_KINDS, type OwnedKind, type Ownership, type ProjectDeclaration } from '../declaration.ts';
import { parseHost, parseHostPort, toHostResource } from '../resources/parse-host.ts';
import { normalizePath } from '../resources/parse-url.ts';
import type { Resource } from '../resources/resource.ts';
import { findSecretOwner, impliedSecretPath } from './find-secret-owner.ts';
import { compilePattern } from './match-pattern.ts';

/** A pattern that a name matched, and whose it is. */
export interface Owner {
  readonly environment: string;
  readonly pattern: string;
}

/** Why a value must not be used, or that it may. */
export type OwnershipVerdict =
  | { readonly verdict: 'own' | 'shared' | 'unclaimed' }
  | { readonly verdict: 'foreign'; readonly resource: Resource; readonly owner: Owner }
  | { readonly verdict: 'unowned'; readonly resource: Resource };

/** Answers who owns a name; remembers what it was asked. */
export interface OwnershipTable {
  ownersOf(kind: OwnedKind, name: string): readonly Owner[];
  isShared(resource: Resource): boolean;
  /** Whose a secret's path is although nobody declares so: `/prod/…` is prod's. */
  impliedOwnerOf(path: string, environment: string): Owner | undefined;
}

/** The table of a project. */
export function createOwnershipTable({
  environments,
  shared,
  folder,
}: Pick<ProjectDeclaration, 'environments' | 'shared' | 'folder'>): OwnershipTable {
  const known = new Map<string, readonly Owner[]>();
  const patterns = groupByKind(
    [...environments.values()].flatMap(({ name, owns }) => compileOwned(name, owns, folder)),
  );
  const sharedPatterns = groupByKind(compileOwned('', shared, folder));
  const others = [...environments.keys()].map((environment) => ({ environment, patterns: [] }));
  const find = (from: PatternsByKind, kind: OwnedKind, name: string): readonly OwnedPattern[] =>
    (from.get(kind) ?? []).filter((pattern) => pattern.matches(kind === 'paths' ? placePath(name, folder) : name));
  return {
    ownersOf: (kind, name) => {
      const key = `${kind} ${name}`;
      const owners = known.get(key) ?? find(patterns, kind, name);
      known.set(key, owners);
      return owners;
    },
    isShared: ({ kind, names }) => names.some((name) => find(sharedPatterns, kind, name).length > 0),
    impliedOwnerOf: (path, environment) => {
      const own = environments.get(environment)?.owns.secretPaths ?? [];
      const owner = findSecretOwner(path, environment, { own, shared: shared.secretPaths, others });
      return owner === undefined ? undefined : { environment: owner, pattern: impliedSecretPath(owner) };
    },
  };
}

interface OwnedPattern extends Owner {
  readonly kind: OwnedKind;
  readonly matches: (name: string) => boolean;
}

type PatternsByKind = ReadonlyMap<OwnedKind, readonly OwnedPattern[]>;

function groupByKind(patterns: readonly OwnedPattern[]): PatternsByKind {
  return Map.groupBy(patterns, ({ kind }) => kind);
}

function compileOwned(environment: string, owns: Ownership, folder: string | undefined): readonly OwnedPattern[] {
  return OWNED_KINDS.flatMap((kind) =>
    owns[kind].map((pattern) => ({
      kind,
      environment,
      pattern,
      matches: compilePattern(toOneSpelling(kind, pattern, folder)),
    })),
  );
}

// Names have one spelling when they are compared, so patterns must have it too: `fd00::1` is `fd00:0:0:0:0:0:0:1`.
function toOneSpelling(kind: OwnedKind, pattern: string, folder: string | undefined): string {
  if (kind === 'paths') return placePath(normalizePath(pattern), folder);
  if (kind === 'secretPaths') return normalizePath(pattern);
  if (kind !== 'hosts') return pattern;
  const bare = parseHost(pattern);
  if (bare !== undefined) return bare;
  const named = parseHostPort(pattern);
  return (named && toHostResource(named).names.at(-1)) ?? pattern.replace(/\.$/, '');
}

/** `./data/prod` and its absolute spelling are one place. What begins with a star may be anywhere. */
function placePath(path: string, folder: string | undefined): string {
  if (folder === undefined || /^[/*]/.test(path)) return path;
  return path === '.' ? folder : `${folder}/${path}`;
}

/** Judges the resources of one value of an environment. `mustBeOwned`: what nobody owns is refused. */
export function judgeOwnership(
  table: OwnershipTable,
  environment: string,
  resources: readonly Resource[],
  mustBeOwned: boolean,
): OwnershipVerdict {
  for (const resource of resources) {
    const owner = findForeignOwner(table, environment, resource);
    if (owner !== undefined) return { verdict: 'foreign', resource, owner };
  }
  const places = resources.filter(({ role }) => role === 'place');
  if (places.some((resource) => isOwn(table, environment, resource)) && hasOnlyOneHost(table, environment, places)) {
    return { verdict: 'own' };
  }
  if (!mustBeOwned) return { verdict: places.length > 0 && places.some(table.isShared) ? 'shared' : 'unclaimed' };
  const [unowned] = listUnowned(table, environment, resources);
  return unowned === undefined
    ? { verdict: places.length > 0 ? 'shared' : 'own' }
    : { verdict: 'unowned', resource: unowned };
}

function findForeignOwner(table: OwnershipTable, environment: string, { kind, names }: Resource): Owner | undefined {
  const declared = names
    .flatMap((name) => table.ownersOf(kind, name))
    .find((owner) => owner.environment !== environment);
  if (declared !== undefined || kind !== 'secretPaths') return declared;
  return names.map((name) => table.impliedOwnerOf(name, environment)).find((owner) => owner !== undefined);
}

function isOwn(table: OwnershipTable, environment: string, { kind, names }: Resource): boolean {
  const isImplied = compilePattern(impliedSecretPath(environment));
  return names.some(
    (name) =>
      table.ownersOf(kind, name).some((owner) => owner.environment === environment) ||
      (kind === 'secretPaths' && isImplied(name)),
  );
}

// Several hosts of one value are several places: owning the first doesn't make the second one's own.
function hasOnlyOneHost(table: OwnershipTable, environment: string, places: readonly Resource[]): boolean {
  const hosts = places.filter(({ kind }) => kind === 'hosts');
  return hosts.length < 2 || hosts.every((host) => isOwn(table, environment, host));
}

// Of a URL its host or the URL itself has to be known; of several hosts each. A place that is only shared does not cover what
// lies inside.
function listUnowned(table: OwnershipTable, environment: string, resources: readonly Resource[]): readonly Resource[] {
  const isKnown = (resource: Resource): boolean => isOwn(table, environment, resource) || table.isShared(resource);
  const url = resources.find(({ kind }) => kind === 'urls');
  if (url !== undefined && isKnown(url)) return [];
  return resources
    .filter(({ role, kind }) => role !== 'actor' && kind !== 'urls')
    .filter((resource) => !isKnown(resource));
}
