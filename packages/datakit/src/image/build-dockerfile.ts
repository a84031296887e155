// A datakit with a Dockerfile of its own. The docker program builds it; then it is written again: layers without times, a
// configuration without host and history, the base's layers as the registry has them.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import {
  assembleImage,
  type BaseImage,
  createBlobCache,
  type Image,
  type ImageLayer,
  readSavedImage,
  rewriteLayer,
  type SavedImage,
} from '@towpath/oci';
import { findDockerfileBase } from './find-dockerfile-base.ts';
import { type BaseOptions, loadNamedBase } from './load-named-base.ts';
import { type DockerOptions, follow, runDocker } from './run-docker.ts';

export type DockerfileOptions = BaseOptions & DockerOptions & { readonly base?: string | undefined };

interface DockerfileImage {
  readonly image: Image;
  readonly labels: Readonly<Record<string, string>>;
  readonly base: string | undefined;
}

/** `labels` give way to those of the Dockerfile, so that a contradiction shows. @throws TowpathError `DOCKERFILE_BUILD_FAILED`, `DOCKER_PROGRAM_MISSING`, `PLATFORM_MISSING` */
export async function buildDockerfile(
  folder: string,
  labels: Readonly<Record<string, string>>,
  options: DockerfileOptions,
): Promise<DockerfileImage> {
  const work = await mkdtemp(join(tmpdir(), 'towpath-image-'));
  try {
    const id = await build(folder, join(work, 'id'), options);
    const saved = await follow(
      ['save', id],
      options,
      async (output) => await readSavedImage(output, join(work, 'image')),
    );
    checkPlatform(saved, options);
    const name = findDockerfileBase(await readFile(join(folder, 'Dockerfile'), 'utf8'), options.base);
    const base = await findBase(name, saved, options);
    const layers = await rewriteLayers(saved, base, options.cacheFolder);
    const all = { ...labels, ...findOwnLabels(saved, base) };
    const config = { ...saved.config, rootfs: { type: 'layers' as const, diff_ids: [] }, history: [] };
    const image = assembleImage({ base: config, layers, labels: all, createdBy: 'towpath datakit build' });
    return { image, labels: all, base: base === undefined ? undefined : `${name?.replace(/@.*/, '')}@${base.digest}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The id of the image. With BuildKit where its program is there, else by the engine's own builder. */
async function build(folder: string, idFile: string, options: DockerfileOptions): Promise<string> {
  const hasBuildKit = await runDocker(['buildx', 'version'], options).then(
    () => true,
    () => false,
  );
  const { os, architecture } = options.platform;
  const words = [
    ...(hasBuildKit
      ? ['buildx', 'build', '--load', '--provenance=false', '--platform', `${os}/${architecture}`]
      : ['build', '--force-rm']),
    ...(options.base === undefined ? [] : ['--build-arg', `BASE=${options.base}`]),
    ...['--iidfile', idFile, folder],
  ];
  const environmentVariables = { ...options.environmentVariables, DOCKER_BUILDKIT: hasBuildKit ? '1' : '0' };
  await runDocker(words, { ...options, environmentVariables });
  return (await readFile(idFile, 'utf8')).trim();
}

/** The base as its registry has it, when that is what the image was built upon; else its layers are written again like all. */
async function findBase(
  name: string | undefined,
  { config }: SavedImage,
  options: DockerfileOptions,
): Promise<BaseImage | undefined> {
  if (name === undefined) return undefined;
  try {
    const base = await loadNamedBase(name, options);
    const ids = base.config.rootfs.diff_ids;
    return ids.every((id, at) => config.rootfs.diff_ids[at] === id) ? base : undefined;
  } catch (thrown) {
    // Only this engine has it, or no registry can be asked: then nothing is shared with others.
    if (thrown instanceof TowpathError) return undefined;
    throw thrown;
  }
}

async function rewriteLayers(
  saved: SavedImage,
  base: BaseImage | undefined,
  cacheFolder: string,
): Promise<ImageLayer[]> {
  const layers = [...(base?.layers ?? [])];
  const cache = createBlobCache(cacheFolder);
  for (const file of saved.layers.slice(layers.length)) layers.push(await rewriteLayer(file, cache));
  return layers;
}

function findOwnLabels(saved: SavedImage, base: BaseImage | undefined): Readonly<Record<string, string>> {
  const inherited = base?.config.config?.Labels ?? {};
  const all = Object.entries(saved.config.config?.Labels ?? {});
  return Object.fromEntries(all.filter(([name, value]) => inherited[name] !== value));
}

function checkPlatform({ config }: SavedImage, { platform }: DockerfileOptions): void {
  if (config.os === platform.os && config.architecture === platform.architecture) return;
  throw new TowpathError({
    code: 'PLATFORM_MISSING',
    message: `The Dockerfile was built for ${config.os}/${config.architecture}, not for ${platform.os}/${platform.architecture}.`,
    cause: "Without BuildKit, an engine builds for its own platform, or for that of the Dockerfile's base.",
    fix: 'Install the buildx component of Docker, build on a machine of that platform, or give --platform.',
  });
}
