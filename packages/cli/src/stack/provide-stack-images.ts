// Images where the stack wants them: its own in the engine, what its attempts run in its registry.
import type { Project } from '@towpath/config';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { buildDatakit, openDatakitPlace, readDatakit } from '@towpath/datakit';
import { createDockerEngine, createRegistry, hasStatus, loadImage, openImageArchive, pushImage } from '@towpath/oci';
import { datakitFolders } from '../assets.ts';
import type { ImageAccess } from '../datakit/image-access.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import type { PlatformImages } from '../platform/build-platform-images.ts';
import { VERSION } from '../version.ts';
import type { StackEngine } from './find-engine.ts';

export interface ProvideOptions extends ImageAccess, StackEngine {
  readonly images: PlatformImages;
  readonly project: Project;
  readonly notify: (line: string) => void;
}

/** Loads Towpath's image into the engine unless it is there, and returns its name. @throws TowpathError `IMAGE_LOAD_FAILED`, `ENGINE_UNREACHABLE` */
export async function loadPlatformImage({ images, address, notify }: ProvideOptions): Promise<string> {
  const { towpath } = images;
  const name = `towpath/platform:${towpath.config.descriptor.digest.slice('sha256:'.length).slice(0, 16)}`;
  const engine = createDockerEngine(address);
  const isThere = await engine.send({ method: 'GET', path: `/images/${name}/json` }).then(
    () => true,
    (thrown: unknown) => {
      if (hasStatus(thrown, 404)) return false;
      throw thrown;
    },
  );
  if (!isThere) {
    notify('loading them into the Docker engine …');
    await loadImage(address, openImageArchive(towpath, [name]));
  }
  return name;
}

/**
 * The runner, and the datakits of the project as they are now, into the stack's registry. One that can't be built is said, and
 * missed only by attempts that want it.
 *
 * @throws TowpathError `REGISTRY_…`
 */
export async function publishStackImages(options: ProvideOptions, address: string): Promise<void> {
  const registry = createRegistry({ ...options, address });
  await pushImage(options.images.runner, { registry, repository: 'platform/runner' }, [VERSION]);
  for (const folder of datakitFolders(options.project.folder)) {
    try {
      await publishDatakitFolder(folder, options, address);
    } catch (thrown) {
      options.notify(`no image of ${folder}: ${formatErrorLines(toErrorFacts(thrown))}`);
    }
  }
}

/** What a base with Node is needed for, the runner is: one image less to fetch. */
const NODE_IMAGE = /^(?:docker\.io\/)?(?:library\/)?node:/;

async function publishDatakitFolder(folder: string, options: ProvideOptions, address: string): Promise<void> {
  const datakit = readDatakit(folder);
  const declared = datakit.image?.base;
  const isOfNode = declared === undefined || NODE_IMAGE.test(declared);
  const built = await buildDatakit(datakit, {
    ...options,
    base: isOfNode ? `${address}/platform/runner:${VERSION}` : undefined,
    environmentVariables: process.env,
  });
  const environment = { name: LOCAL_ENVIRONMENT, kind: 'local', registry: address, floatingTags: [] } as const;
  await pushImage(built.image, openDatakitPlace(environment, datakit.name, options), [datakit.version]);
}
