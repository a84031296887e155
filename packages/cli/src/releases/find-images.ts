// The images of a release: what a registry has under the versions that tasks name. Recorded once, by digest; from then on no
// environment asks again what a version stands for.
import { getEnvironment, type Project } from '@towpath/config';
import {
  type DatakitReference,
  type EnvironmentDeclaration,
  type Graph,
  listDatakits,
  TowpathError,
} from '@towpath/core';
import { formatPlace, openDatakitPlace, type RegistryAccess } from '@towpath/datakit';

/** Where to look. */
export interface ImageSearch extends RegistryAccess {
  /** Environment whose registry is asked; undefined: the first besides `local` that has one, if any of them runs containers. */
  readonly imagesFrom: string | undefined;
}

/**
 * Each datakit of the graphs with the digest of its image; none where no environment declares an executor with containers.
 *
 * @throws TowpathError `RELEASE_IMAGE_MISSING`, `ENVIRONMENT_UNKNOWN`, `REGISTRY_…`
 */
export async function findImages(
  graphs: readonly Graph[],
  { declaration }: Project,
  search: ImageSearch,
): Promise<readonly (DatakitReference & { readonly digest: string })[]> {
  const environment =
    search.imagesFrom === undefined ? findFirst(declaration) : getEnvironment(declaration, search.imagesFrom);
  if (environment === undefined) return [];
  const images: (DatakitReference & { readonly digest: string })[] = [];
  // One after the other: a registry serves others as well.
  for (const { name, version } of listDatakits(graphs)) {
    const place = openDatakitPlace(environment, name, search);
    const manifest = await place.registry.findManifest(place.repository, version);
    if (manifest === undefined) throw missing(`${formatPlace(place)}:${version}`, name, environment);
    images.push({ name, version, digest: manifest.digest });
  }
  return images;
}

function findFirst({ environments }: Project['declaration']): EnvironmentDeclaration | undefined {
  const takers = [...environments.values()].filter(({ kind }) => kind !== 'local');
  if (!takers.some(({ executor }) => executor === 'docker' || executor === 'kubernetes')) return undefined;
  return takers.sort((a, b) => a.position - b.position).find(({ registry }) => registry !== undefined);
}

function missing(image: string, name: string, environment: EnvironmentDeclaration): TowpathError {
  return new TowpathError({
    code: 'RELEASE_IMAGE_MISSING',
    message: `There is no image ${image}.`,
    cause: `A release names its datakits by the digests of their images, and these are looked up in the registry of ${environment.name}.`,
    fix:
      environment.kind === 'production'
        ? `Look it up where it was published first: --images-from <environment>.`
        : `Publish it: npx towpath datakit publish ${name} --environment ${environment.name}`,
  });
}
