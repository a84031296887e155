// The image of a datakit. Nothing of when, where and by whom it is built is in it: the same sources on the same base give the
// same digest.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  assembleImage,
  type BaseImage,
  createBlobCache,
  createRegistry,
  type FindCredentials,
  type Image,
  loadBaseImage,
  type Platform,
  packLayer,
  parseImageReference,
} from '@towpath/oci';
import { DEFAULT_IMAGE } from '../manifest/manifest-schema.ts';
import type { InstalledDatakit } from '../manifest/read-datakits.ts';
import { collectFiles, toImageFolder } from './collect-files.ts';
import { fitInterpreters } from './fit-interpreters.ts';
import { toLabels } from './image-labels.ts';
import { type GitFacts, readGitFacts } from './read-git-facts.ts';

export interface BuildOptions {
  /** In place of the manifest's. */
  readonly base?: string | undefined;
  readonly platform: Platform;
  readonly findCredentials: FindCredentials;
  /** Where layers of base images are kept. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltDatakit {
  readonly datakit: InstalledDatakit;
  readonly image: Image;
  readonly labels: Readonly<Record<string, string>>;
  /** `node:24-bookworm-slim@sha256:…`: what it was built upon. */
  readonly base: string;
  readonly git: GitFacts;
}

/** @throws TowpathError `DATAKIT_…`, `IMAGE_…`, `PLATFORM_MISSING`, `REGISTRY_…` */
export async function buildDatakit(datakit: InstalledDatakit, options: BuildOptions): Promise<BuiltDatakit> {
  const git = await readGitFacts(datakit.folder);
  const labels = toLabels(datakit, git);
  const name = options.base ?? (datakit.image ?? DEFAULT_IMAGE).base;
  const base = await loadBase(name, options);
  const files = await fitInterpreters(await collectFiles(datakit), base);
  const layers = [...base.layers, await packLayer(files)];
  const executables = datakit.executableFolder.slice(datakit.folder.length);
  const image = assembleImage({
    base: base.config,
    layers,
    labels,
    pathFolder: `${toImageFolder(datakit.name)}${executables}`,
    command: datakit.commands.slice(0, 1),
  });
  return { datakit, image, labels, base: `${name.replace(/@.*/, '')}@${base.digest}`, git };
}

/** Whether the docker program has to build it. */
export function hasDockerfile(folder: string): boolean {
  return existsSync(join(folder, 'Dockerfile'));
}

async function loadBase(name: string, options: BuildOptions): Promise<BaseImage> {
  const { registry: host, repository, tag, digest } = parseImageReference(name);
  const registry = createRegistry({ ...options, address: host ?? 'docker.io' });
  // Docker's hub keeps images without a folder in one called library.
  const onHub = repository.includes('/') ? repository : `library/${repository}`;
  const place = { registry, repository: host === undefined ? onHub : repository.slice(host.length + 1) };
  const cache = createBlobCache(options.cacheFolder);
  return await loadBaseImage({ place, reference: digest ?? tag ?? 'latest', platform: options.platform, cache });
}
