// The image that Towpath's own are built upon: from its registry, or from the Docker engine, where it may have been loaded on a
// machine that reaches no registry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import { loadNamedBase } from '@towpath/datakit';
import {
  type BaseImage,
  createBlobCache,
  createDockerEngine,
  digestOf,
  type EngineAddress,
  EngineError,
  type ImageLayer,
  type Platform,
  readSavedImage,
  rewriteLayer,
} from '@towpath/oci';
import type { ImageAccess } from '../datakit/image-access.ts';

export interface BaseRequest extends ImageAccess {
  readonly base: string;
  readonly platform: Platform;
  /** Asked when the registry does not have it, or can't be reached. */
  readonly engine?: EngineAddress | undefined;
}

/** What is asked for in vain here may be in the engine. */
const ABSENT = new Set(['REGISTRY_UNREACHABLE', 'REGISTRY_UNAUTHORISED', 'IMAGE_MISSING']);

/** @throws TowpathError `IMAGE_MISSING`, `PLATFORM_MISSING`, `REGISTRY_…`: what the registry said, where the engine has none either */
export async function loadBase(request: BaseRequest): Promise<BaseImage> {
  try {
    return await loadNamedBase(request.base, request);
  } catch (thrown) {
    if (!(thrown instanceof TowpathError) || !ABSENT.has(thrown.code)) throw thrown;
    const found = request.engine && (await loadEngineBase(request.base, request.engine, request.cacheFolder));
    if (found) return found;
    throw baseMissing(request.base, thrown);
  }
}

/** Undefined: the engine has no such image. */
async function loadEngineBase(
  name: string,
  address: EngineAddress,
  cacheFolder: string,
): Promise<BaseImage | undefined> {
  const work = await mkdtemp(join(tmpdir(), 'towpath-base-'));
  try {
    const engine = createDockerEngine(address);
    await engine.send({ method: 'GET', path: `/images/${name}/json` });
    const archive = await engine.open({ method: 'GET', path: `/images/${name}/get` });
    const { config, layers } = await readSavedImage(archive, work);
    const cache = createBlobCache(cacheFolder);
    const rewritten: ImageLayer[] = [];
    for (const layer of layers) rewritten.push(await rewriteLayer(layer, cache));
    const digest = digestOf(Buffer.from(rewritten.map(({ diffId }) => diffId).join()));
    const rootfs = { type: 'layers' as const, diff_ids: rewritten.map(({ diffId }) => diffId) };
    return { digest, config: { ...config, rootfs }, layers: rewritten };
  } catch (thrown) {
    if (thrown instanceof EngineError) return undefined;
    throw thrown;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function baseMissing(base: string, { message, cause }: TowpathError): TowpathError {
  return new TowpathError({
    code: 'BASE_IMAGE_MISSING',
    message: `The image ${base}, which Towpath's own are built upon, is not to be had.`,
    cause: `${message} ${cause ?? ''}`.trim(),
    fix: 'Set TOWPATH_BASE_IMAGE to one with glibc, a shell and the C++ library that a registry here or the Docker engine has; or do without Docker: `npx towpath dev`.',
  });
}
