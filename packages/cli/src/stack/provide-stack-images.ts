// Images where the stack wants them: its own in the engine, what its attempts run in its registry.
import type { Project } from '@towpath/config';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { buildDatakit, openDatakitPlace, readDatakit } from '@towpath/datakit';
import {
  createDockerEngine,
  createRegistry,
  type DockerEngine,
  type FindCredentials,
  hasStatus,
  loadImage,
  openImageArchive,
  pushImage,
} from '@towpath/oci';
import { z } from 'zod';
import { datakitFolders } from '../assets.ts';
import type { ImageAccess } from '../datakit/image-access.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { buildPlatformImages, type PlatformImages } from '../platform/build-platform-images.ts';
import { VERSION } from '../version.ts';
import type { StackEngine } from './find-engine.ts';

/** Where a stack's images come from. */
export interface StackSources {
  readonly project: Project;
  /** What images are built upon. */
  readonly base: string;
  readonly access: ImageAccess;
  readonly notify: (line: string) => void;
}

export interface ProvideOptions extends ImageAccess, StackEngine {
  readonly images: PlatformImages;
  readonly project: Project;
  readonly notify: (line: string) => void;
}

/** @throws what building images throws */
export async function buildStackImages(
  { project, base, access, notify }: StackSources,
  found: StackEngine,
): Promise<ProvideOptions> {
  notify(`building images upon ${base} …`);
  const images = await buildPlatformImages({ ...access, base, platform: found.platform, engine: found.address });
  return { ...access, ...found, images, project, notify };
}

/** The stack's registry as this machine writes to it. */
export interface StackRegistry {
  /** `localhost:5000` */
  readonly address: string;
  readonly writePassword: string;
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
  await dropOlder(engine, name);
  return name;
}

const Images = z.array(z.object({ RepoTags: z.array(z.string()).nullable() }));

/** Those that no container is made of: each has its 285 MB. Other stacks load theirs again when they start. */
async function dropOlder(engine: DockerEngine, name: string): Promise<void> {
  const query = { filters: JSON.stringify({ reference: ['towpath/platform'] }) };
  const found = Images.parse(await engine.send({ method: 'GET', path: '/images/json', query }));
  for (const tag of found.flatMap(({ RepoTags }) => RepoTags ?? [])) {
    if (tag === name) continue;
    await engine.send({ method: 'DELETE', path: `/images/${tag}` }).catch((thrown: unknown) => {
      // 409: a container is made of it. 404: another stack that starts has dropped it.
      if (!hasStatus(thrown, 409) && !hasStatus(thrown, 404)) throw thrown;
    });
  }
}

/**
 * The runner, and the datakits of the project as they are now, into the stack's registry. One that can't be built is said, and
 * missed only by attempts that want it.
 *
 * @throws TowpathError `REGISTRY_…`
 */
export async function publishStackImages(
  given: ProvideOptions,
  { address, writePassword }: StackRegistry,
): Promise<void> {
  const findCredentials: FindCredentials = async (host) =>
    host === address ? { username: 'towpath', password: writePassword } : await given.findCredentials(host);
  const options = { ...given, findCredentials };
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
