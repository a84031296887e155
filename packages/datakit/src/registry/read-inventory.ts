// Datakit × environment, as the registries say it.
import {
  compareVersions,
  type DatakitPresence,
  type ErrorFacts,
  type InventoryEntry,
  isExactVersion,
  judgeInventory,
  toErrorFacts,
} from '@towpath/core';
import type { ImagePlace } from '@towpath/oci';
import { type ImageEnvironment, openDatakitPlace, type RegistryAccess } from './datakit-place.ts';
import { type PublishedImage, readPublished } from './read-published.ts';

export interface InventoryRequest extends RegistryAccess {
  readonly name: string;
  /** In the order of promotion. */
  readonly environments: readonly ImageEnvironment[];
  /** The Towpath that would run them. */
  readonly platformVersion: string;
}

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
  const newest = new Set(shelves.flatMap(({ versions }) => versions.slice(0, 1)));
  const filled = await Promise.all(shelves.map((shelf) => fillShelf(shelf, newest)));
  const entries = judgeInventory(filled.map(toPresence), request.platformVersion);
  return entries.map((entry, at) => {
    const { images, versions = [], error } = filled[at] ?? { images: new Map() };
    return { ...entry, image: images.get(entry.newest?.version ?? ''), versions, error };
  });
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
    const tags = await place.registry.listTags(place.repository);
    const versions = tags.filter(isExactVersion).sort(compareVersions).reverse();
    return { ...nothing, place, versions };
  } catch (thrown) {
    return { ...nothing, error: toErrorFacts(thrown) };
  }
}

/** With what the others have as newest: drift is a difference between two environments. */
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

function toPresence({ environment: { name, kind }, images, error }: Shelf): DatakitPresence {
  const versions = [...images].map(([version, { digest, version: label, minimumPlatform }]) => ({
    version,
    digest,
    label,
    minimumPlatform,
  }));
  return { environment: name, kind, versions: error === undefined ? versions : undefined };
}
