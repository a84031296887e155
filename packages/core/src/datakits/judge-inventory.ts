// What of a datakit is where, and what about it needs somebody's eye: content that differs under one version, a version that came
// by another way than promotion, one that ran with other content than is published, one that can't run there.
import type { EnvironmentKind } from '../environments/environment.ts';
import { compareVersions } from './compare-versions.ts';
import { judgeDatakitFit } from './judge-datakit-fit.ts';

/** What is known of one datakit in one environment. */
export interface DatakitPresence {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  /** Exact ones; undefined when the registry could not be asked, or none is declared. */
  readonly versions: readonly PublishedVersion[] | undefined;
  /** They are folders of the agent's host, without digests: nothing is compared with them. */
  readonly isFolder?: boolean | undefined;
  /** Older versions are there besides, which were not listed. */
  readonly isCut?: boolean | undefined;
  /** Versions that pipelines name. */
  readonly named?: readonly string[] | undefined;
  /** What the last attempt really ran. */
  readonly lastRun?: RanVersion | undefined;
  /** Of the Towpath that would run it there; undefined: the one that is asked. */
  readonly platformVersion?: string | undefined;
  /** What one attempt may use there; undefined: nothing limits it, or it is not known. */
  readonly memoryMiB?: number | undefined;
}

export interface PublishedVersion {
  readonly version: string;
  /** Undefined: it has none, or it was not asked for. */
  readonly digest: string | undefined;
  /** What its label says; undefined when it has none. */
  readonly label?: string | undefined;
  readonly minimumPlatform?: string | undefined;
  /** What one attempt needs. */
  readonly memoryMiB?: number | undefined;
}

export interface RanVersion {
  readonly version: string;
  /** Undefined: it ran from no image, or from one that no registry had. */
  readonly digest: string | undefined;
}

/** Each code with the one word for it and what it means; a sentence about one alert is made by `describeInventoryAlert`. */
export const INVENTORY_ALERTS = {
  'digest-differs': { word: 'drift', meaning: 'An environment before has other content under this version.' },
  'not-promoted': { word: 'drift', meaning: 'No environment before has this version.' },
  'label-differs': { word: 'drift', meaning: 'The label says another version than the tag.' },
  'ran-other-content': { word: 'drift', meaning: 'The last attempt ran other content than is published.' },
  'not-published': { word: 'missing', meaning: 'Pipelines name this version, or ran it last, and it is not there.' },
  'platform-too-old': { word: 'incompatible', meaning: 'It needs a newer Towpath than would run it.' },
  'memory-too-small': { word: 'incompatible', meaning: 'It needs more memory than an attempt is given.' },
} as const;

export type InventoryAlert =
  | { readonly code: 'digest-differs'; readonly version: string; readonly from: string }
  | { readonly code: 'not-promoted'; readonly version: string; readonly from: string }
  | { readonly code: 'label-differs'; readonly version: string; readonly label: string }
  | { readonly code: 'ran-other-content'; readonly version: string; readonly digest: string }
  | { readonly code: 'not-published'; readonly version: string; readonly isNamed: boolean }
  | {
      readonly code: 'platform-too-old';
      readonly version: string;
      readonly minimumPlatform: string;
      readonly platformVersion: string;
    }
  | {
      readonly code: 'memory-too-small';
      readonly version: string;
      readonly needsMiB: number;
      readonly memoryMiB: number;
    };

export interface InventoryEntry {
  readonly environment: string;
  /** The newest; undefined when there is none. */
  readonly newest: PublishedVersion | undefined;
  /** Nothing wrong: promotion has not come this far. */
  readonly isBehind: boolean;
  readonly alerts: readonly InventoryAlert[];
}

/**
 * `all` in the order of promotion. Alerts concern the newest version of each and those that its pipelines name; `platformVersion`
 * is the one that would run it where the presence says none.
 */
export function judgeInventory(all: readonly DatakitPresence[], platformVersion: string): readonly InventoryEntry[] {
  return all.map((presence, at) => {
    const newest = findNewest(presence.versions);
    const earlier = all.slice(0, at).filter((other) => isCompared(other) && other.versions !== undefined);
    const before = findNewest(earlier.at(-1)?.versions);
    const isBehind =
      isCompared(presence) &&
      before !== undefined &&
      (newest === undefined || compareVersions(newest.version, before.version) < 0);
    const { environment, versions } = presence;
    if (versions === undefined) return { environment, newest, isBehind: false, alerts: [] };
    const watched = listWatched(presence, newest);
    const drift = isCompared(presence) ? watched.flatMap((version) => findDrift(version, earlier)) : [];
    const unfit = watched.flatMap((version) => findUnfit(version, { platformVersion, ...keepDefined(presence) }));
    return {
      environment,
      newest,
      isBehind,
      alerts: [...findAbsent(presence), ...drift, ...findRan(presence), ...unfit],
    };
  });
}

/** A laptop's registry comes and goes, and a folder has no digest. */
function isCompared({ kind, isFolder }: DatakitPresence): boolean {
  return kind !== 'local' && isFolder !== true;
}

function keepDefined({ platformVersion, memoryMiB }: DatakitPresence) {
  return { ...(platformVersion !== undefined && { platformVersion }), memoryMiB };
}

function findNewest(versions: readonly PublishedVersion[] = []): PublishedVersion | undefined {
  return [...versions].sort((a, b) => compareVersions(a.version, b.version)).at(-1);
}

function listWatched({ versions = [], named = [] }: DatakitPresence, newest: PublishedVersion | undefined) {
  return versions.filter((published) => published === newest || named.includes(published.version));
}

/** In `local` an image that was built there and is in no registry will do; of a list that was cut nothing is missing. */
function findAbsent({ kind, isFolder, isCut, versions = [], named = [], lastRun }: DatakitPresence): InventoryAlert[] {
  if (isCut || (kind === 'local' && isFolder !== true)) return [];
  const isAbsent = (version: string): boolean => !versions.some((published) => published.version === version);
  const ran = lastRun !== undefined && lastRun.digest !== undefined ? [lastRun.version] : [];
  return [...new Set([...named, ...ran])]
    .filter(isAbsent)
    .map((version) => ({ code: 'not-published', version, isNamed: named.includes(version) }));
}

function findDrift({ version, digest }: PublishedVersion, earlier: readonly DatakitPresence[]): InventoryAlert[] {
  const before = earlier.at(-1);
  if (before === undefined) return [];
  const known = earlier.flatMap(({ environment, versions = [] }) =>
    versions.filter((other) => other.version === version).map((other) => ({ environment, digest: other.digest })),
  );
  const other = known.find((found) => differs(found.digest, digest));
  if (other !== undefined) return [{ code: 'digest-differs', version, from: other.environment }];
  const isUnknown = known.length === 0 && !earlier.some(({ isCut }) => isCut);
  return isUnknown ? [{ code: 'not-promoted', version, from: before.environment }] : [];
}

/** A version is one content for ever: somebody put another one under it since. */
function findRan({ versions = [], lastRun }: DatakitPresence): InventoryAlert[] {
  const published = versions.find(({ version }) => version === lastRun?.version);
  if (lastRun?.digest === undefined || !differs(published?.digest, lastRun.digest)) return [];
  return [{ code: 'ran-other-content', version: lastRun.version, digest: lastRun.digest }];
}

function differs(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

interface Given {
  readonly platformVersion: string;
  readonly memoryMiB: number | undefined;
}

function findUnfit({ version, label, minimumPlatform, memoryMiB: needsMiB }: PublishedVersion, given: Given) {
  const alerts: InventoryAlert[] = [];
  if (label !== undefined && label !== version) alerts.push({ code: 'label-differs', version, label });
  const unfit = judgeDatakitFit({ minimumPlatform, memoryMiB: needsMiB }, given);
  return [...alerts, ...unfit.map((misfit): InventoryAlert => ({ ...misfit, version }))];
}
