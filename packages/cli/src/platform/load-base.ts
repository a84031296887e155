// The image that Towpath's own are built upon: from its registry, or from the Docker engine, where it may have been loaded on a
// machine that reaches no registry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseImageMissing, isBaseAbsent, loadNamedBase } from '@towpath/datakit';
import {
  type BaseImage,
  createBlobCache,
  createDockerEngine,
  digestOf,
  type EngineAddress,
  hasStatus,
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

const CHOOSE =
  'Set TOWPATH_BASE_IMAGE to one with glibc, a shell and the C++ library that a registry here or the Docker engine has; or do without Docker: `npx towpath dev`.';

/** @throws TowpathError `BASE_IMAGE_MISSING` where the engine has none either, `PLATFORM_MISSING`, `REGISTRY_REFUSED`, `DIGEST_WRONG` */
export async function loadBase(request: BaseRequest): Promise<BaseImage> {
  try {
    return await loadNamedBase(request.base, request);
  } catch (thrown) {
    if (!isBaseAbsent(thrown)) throw thrown;
    // What is asked for in vain there may be in the engine.
    const found = request.engine && (await loadEngineBase(request.base, request.engine, request.cacheFolder));
    if (found) return found;
    throw baseImageMissing(request.base, thrown, CHOOSE);
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
    // Any other answer, or none in the midst of it, is no word about the image.
    if (hasStatus(thrown, 404)) return undefined;
    throw thrown;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
