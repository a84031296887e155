// What of a datakit is where, and what about it needs somebody's eye: content that differs under one version, a version that came
// by another way than promotion, one that needs a newer platform.
import type { EnvironmentKind } from '../environments/environment.ts';
import { compareVersions } from './compare-versions.ts';

/** What the registry of one environment says of one datakit. */
export interface DatakitPresence {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  /** By exact version; undefined when the registry could not be asked, or none is declared. */
  readonly versions: readonly PublishedVersion[] | undefined;
}

export interface PublishedVersion {
  readonly version: string;
  readonly digest: string;
  /** What its label says; undefined when it has none. */
  readonly label?: string | undefined;
  readonly minimumPlatform?: string | undefined;
}

export type InventoryAlert =
  | { readonly code: 'digest-differs'; readonly version: string; readonly from: string }
  | { readonly code: 'not-promoted'; readonly version: string; readonly from: string }
  | { readonly code: 'label-differs'; readonly version: string; readonly label: string }
  | { readonly code: 'platform-too-old'; readonly version: string; readonly minimumPlatform: string };

export interface InventoryEntry {
  readonly environment: string;
  /** The newest; undefined when there is none. */
  readonly newest: PublishedVersion | undefined;
  /** Nothing wrong: promotion has not come this far. */
  readonly isBehind: boolean;
  readonly alerts: readonly InventoryAlert[];
}

/** `all` in the order of promotion. Alerts concern the newest version of each; `platformVersion` is the one that would run it. */
export function judgeInventory(all: readonly DatakitPresence[], platformVersion: string): readonly InventoryEntry[] {
  return all.map((presence, at) => {
    const newest = findNewest(presence.versions);
    // A laptop's registry comes and goes; nothing is compared with it.
    const earlier = all.slice(0, at).filter(({ kind, versions }) => kind !== 'local' && versions !== undefined);
    const before = findNewest(earlier.at(-1)?.versions);
    const isBehind =
      before !== undefined && (newest === undefined || compareVersions(newest.version, before.version) < 0);
    const { environment } = presence;
    if (newest === undefined)
      return { environment, newest, isBehind: isBehind && presence.versions !== undefined, alerts: [] };
    const drift = presence.kind === 'local' ? [] : findDrift(newest, earlier);
    return { environment, newest, isBehind, alerts: [...drift, ...findUnfit(newest, platformVersion)] };
  });
}

function findNewest(versions: readonly PublishedVersion[] = []): PublishedVersion | undefined {
  return [...versions].sort((a, b) => compareVersions(a.version, b.version)).at(-1);
}

function findDrift({ version, digest }: PublishedVersion, earlier: readonly DatakitPresence[]): InventoryAlert[] {
  const before = earlier.at(-1);
  if (before === undefined) return [];
  const known = earlier.flatMap(({ environment, versions = [] }) =>
    versions.filter((other) => other.version === version).map((other) => ({ environment, digest: other.digest })),
  );
  const other = known.find((found) => found.digest !== digest);
  if (other !== undefined) return [{ code: 'digest-differs', version, from: other.environment }];
  return known.length > 0 ? [] : [{ code: 'not-promoted', version, from: before.environment }];
}

function findUnfit({ version, label, minimumPlatform }: PublishedVersion, platformVersion: string): InventoryAlert[] {
  const alerts: InventoryAlert[] = [];
  if (label !== undefined && label !== version) alerts.push({ code: 'label-differs', version, label });
  if (minimumPlatform !== undefined && compareVersions(platformVersion, minimumPlatform) < 0)
    alerts.push({ code: 'platform-too-old', version, minimumPlatform });
  return alerts;
}
