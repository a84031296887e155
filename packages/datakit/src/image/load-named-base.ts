import {
  type BaseImage,
  createBlobCache,
  createRegistry,
  type FindCredentials,
  loadBaseImage,
  type Platform,
  parseImageReference,
} from '@towpath/oci';

export interface BaseOptions {
  readonly platform: Platform;
  readonly findCredentials: FindCredentials;
  /** Where layers are kept. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** The image of this name, from its registry; without one, from Docker's hub. @throws TowpathError `IMAGE_…`, `PLATFORM_MISSING`, `REGISTRY_…` */
export async function loadNamedBase(name: string, options: BaseOptions): Promise<BaseImage> {
  const { registry: host, repository, tag, digest } = parseImageReference(name);
  const registry = createRegistry({ ...options, address: host ?? 'docker.io' });
  // Docker's hub keeps images without a folder in one called library.
  const onHub = repository.includes('/') ? repository : `library/${repository}`;
  const place = { registry, repository: host === undefined ? onHub : repository.slice(host.length + 1) };
  const cache = createBlobCache(options.cacheFolder);
  return await loadBaseImage({ place, reference: digest ?? tag ?? 'latest', platform: options.platform, cache });
}
