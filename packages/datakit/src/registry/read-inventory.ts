// Datakit × environment, as the registries say it.
import {
  type DatakitPresence,
  type ErrorFacts,
  type InventoryEntry,
  judgeInventory,
  parseMemoryMiB,
  toErrorFacts,
} from '@towpath/core';
import type { ImagePlace } from '@towpath/oci';
import { type ImageEnvironment, openDatakitPlace, type RegistryAccess } from './datakit-place.ts';
import { listVersions } from './list-versions.ts';
import { type PublishedImage, readPublished } from './read-published.ts';
import { toPublishedVersion } from './to-published-version.ts';

export interface InventoryRequest extends RegistryAccess {
  readonly name: string;
  /** In the order of promotion. */
  readonly environments: readonly ImageEnvironment[];
  /** The Towpath that would run them, where nothing else is known. */
  readonly platformVersion: string;
  /** What a server knows besides, by environment. */
  readonly known?: ReadonlyMap<string, KnownPresence> | undefined;
}

/** Of one datakit in one environment: what its pipelines name, what ran, and what would run it. */
export type KnownPresence = Pick<DatakitPresence, 'named' | 'lastRun' | 'platformVersion'>;

export interface InventoryCell extends InventoryEntry {
  /** The newest, in full. */
  readonly image: PublishedImage | undefined;
  /** All exact ones, the newest first. */
  readonly versions: readonly string[];
  /** Why nothing is known of this environment. */
  readonly error: ErrorFacts | undefined;
}

/** One cell per environment. A registry that can't be asked is told in its cell, and hides no other. */
export async function readInventory(request: InventoryRequest): Promise<readonly InventoryCell[]> {
  const shelves = await Promise.all(request.environments.map((environment) => openShelf(environment, request)));
  const known = [...(request.known?.values() ?? [])];
  const wanted = new Set([...shelves.flatMap(({ versions }) => versions.slice(0, 1)), ...known.flatMap(listWanted)]);
  const filled = await Promise.all(shelves.map((shelf) => fillShelf(shelf, wanted)));
  const entries = judgeInventory(
    filled.map((shelf) => ({ ...toPresence(shelf), ...request.known?.get(shelf.environment.name) })),
    request.platformVersion,
  );
  return entries.map((entry, at) => {
    const { images, versions = [], error } = filled[at] ?? { images: new Map() };
    return { ...entry, image: images.get(entry.newest?.version ?? ''), versions, error };
  });
}

/** Whose digests somebody compares. */
function listWanted({ named = [], lastRun }: KnownPresence): readonly string[] {
  return lastRun === undefined ? named : [...named, lastRun.version];
}

interface Shelf {
  readonly environment: ImageEnvironment;
  readonly place: ImagePlace | undefined;
  readonly versions: readonly string[];
  readonly images: ReadonlyMap<string, PublishedImage>;
  readonly error?: ErrorFacts | undefined;
}

async function openShelf(environment: ImageEnvironment, request: InventoryRequest): Promise<Shelf> {
  const nothing = { environment, place: undefined, versions: [], images: new Map() };
  try {
    const place = openDatakitPlace(environment, request.name, request);
    return { ...nothing, place, versions: await listVersions(place) };
  } catch (thrown) {
    return { ...nothing, error: toErrorFacts(thrown) };
  }
}

/** With what the others have as newest, and what is run: drift is a difference between two of them. */
async function fillShelf(shelf: Shelf, wanted: ReadonlySet<string>): Promise<Shelf> {
  const { place, versions } = shelf;
  const images = new Map<string, PublishedImage>();
  try {
    for (const version of versions) {
      if (place === undefined || !wanted.has(version)) continue;
      const image = await readPublished(place, version);
      if (image !== undefined) images.set(version, image);
    }
    return { ...shelf, images };
  } catch (thrown) {
    return { ...shelf, error: toErrorFacts(thrown) };
  }
}

/** Versions whose content was not asked for are there all the same. */
function toPresence({ environment, versions, images, error }: Shelf): DatakitPresence {
  const { name, kind, sizing } = environment;
  const published = versions.map((version) => toPublishedVersion(version, images.get(version)));
  const memoryMiB = sizing?.memory === undefined ? undefined : parseMemoryMiB(sizing.memory);
  return { environment: name, kind, versions: error === undefined ? published : undefined, memoryMiB };
}
