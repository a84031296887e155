// The image of a datakit. Nothing of when, where and by whom it is built is in it: the same sources on the same base give the
// same digest.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assembleImage, type BaseImage, type Image, packLayer } from '@towpath/oci';
import { DEFAULT_IMAGE } from '../manifest/manifest-schema.ts';
import type { InstalledDatakit } from '../manifest/read-datakits.ts';
import { baseImageMissing, isBaseAbsent } from './base-image-missing.ts';
import { buildDockerfile } from './build-dockerfile.ts';
import { collectFiles, toImageFolder } from './collect-files.ts';
import { fitInterpreters } from './fit-interpreters.ts';
import { toLabels } from './image-labels.ts';
import { type BaseOptions, loadNamedBase } from './load-named-base.ts';
import { type GitFacts, readGitFacts } from './read-git-facts.ts';

export interface BuildOptions extends BaseOptions {
  /** In place of the manifest's; the argument BASE of a Dockerfile. */
  readonly base?: string | undefined;
  /** For the docker program, where a Dockerfile needs it. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

export interface BuiltDatakit {
  readonly datakit: InstalledDatakit;
  readonly image: Image;
  readonly labels: Readonly<Record<string, string>>;
  /** `node:24-bookworm-slim@sha256:…`: what it was built upon; undefined where a Dockerfile does not say it. */
  readonly base: string | undefined;
  readonly git: GitFacts;
}

/** @throws TowpathError `BASE_IMAGE_MISSING`, `DATAKIT_…`, `DOCKERFILE_BUILD_FAILED`, `DOCKER_PROGRAM_MISSING`, `IMAGE_…`, `PLATFORM_MISSING`, `REGISTRY_…` */
export async function buildDatakit(datakit: InstalledDatakit, options: BuildOptions): Promise<BuiltDatakit> {
  const git = await readGitFacts(datakit.folder);
  const labels = toLabels(datakit, git);
  const hasDockerfile = existsSync(join(datakit.folder, 'Dockerfile'));
  const built = hasDockerfile
    ? await buildDockerfile(datakit.folder, labels, options)
    : await layUpon(datakit, labels, options);
  return { datakit, git, ...built };
}

async function layUpon(
  datakit: InstalledDatakit,
  labels: Readonly<Record<string, string>>,
  options: BuildOptions,
): Promise<Pick<BuiltDatakit, 'image' | 'labels' | 'base'>> {
  const { base: declared, entry } = datakit.image ?? DEFAULT_IMAGE;
  const name = options.base ?? declared;
  const base = await loadBase(name, options);
  const files = await fitInterpreters(await collectFiles(datakit), base, entry);
  const executables = datakit.executableFolder.slice(datakit.folder.length);
  const image = assembleImage({
    base: base.config,
    layers: [...base.layers, await packLayer(files)],
    labels,
    pathFolder: `${toImageFolder(datakit.name)}${executables}`,
    command: datakit.commands.slice(0, 1),
    createdBy: 'towpath datakit build',
  });
  return { image, labels, base: `${name.replace(/@.*/, '')}@${base.digest}` };
}

async function loadBase(name: string, options: BaseOptions): Promise<BaseImage> {
  try {
    return await loadNamedBase(name, options);
  } catch (thrown) {
    if (!isBaseAbsent(thrown)) throw thrown;
    const choose = 'Name one that a registry here has: `image.base` of datakit.yaml, or `--base` above it.';
    throw baseImageMissing(name, thrown, choose);
  }
}
