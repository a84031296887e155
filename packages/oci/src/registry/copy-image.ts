// Promotion's one act: the same bytes into another registry. Nothing is unpacked, nothing rebuilt; every digest is checked on the
// way and once more at the end.
import { TowpathError } from '@towpath/core';
import { type Descriptor, parseManifest, type StoredManifest } from '../manifest.ts';
import type { Registry } from './registry.ts';

/** A repository of a registry. */
export interface ImagePlace {
  readonly registry: Registry;
  readonly repository: string;
}

export interface CopyRequest {
  readonly from: ImagePlace;
  readonly to: ImagePlace;
  readonly digest: string;
  /** Given to it at its end, when all of it has arrived. */
  readonly tag?: string | undefined;
}

/** What a copy did. */
export interface CopyReport {
  readonly digest: string;
  readonly copiedBlobs: number;
  /** That were there already. */
  readonly presentBlobs: number;
}

/**
 * Copies an image, or an index with all of its images, from bottom to top: a name is only given to what is complete. May be
 * repeated. @throws TowpathError `IMAGE_MISSING`, `DIGEST_WRONG`, `REGISTRY_…`
 */
export async function copyImage({ from, to, digest, tag }: CopyRequest): Promise<CopyReport> {
  const counts = { copiedBlobs: 0, presentBlobs: 0 };
  const manifest = await copyContent({ from, to, digest }, counts);
  await to.registry.putManifest(to.repository, manifest);
  if (tag !== undefined) await to.registry.putManifest(to.repository, manifest, tag);
  const arrived = await to.registry.findManifest(to.repository, tag ?? digest);
  if (arrived?.digest !== digest) throw arrivedOtherwise({ to, digest }, arrived?.digest);
  return { digest, ...counts };
}

type Counts = { copiedBlobs: number; presentBlobs: number };

/** Everything that the manifest names; the manifest itself is left to the caller. */
async function copyContent({ from, to, digest }: CopyRequest, counts: Counts): Promise<StoredManifest> {
  const stored = await from.registry.findManifest(from.repository, digest);
  if (stored === undefined) throw imageMissing(from, digest);
  const manifest = parseManifest(stored);
  if (manifest.kind === 'index') {
    for (const child of manifest.manifests) {
      const below = await copyContent({ from, to, digest: child.digest }, counts);
      await to.registry.putManifest(to.repository, below);
    }
    return stored;
  }
  for (const blob of [manifest.config, ...manifest.layers]) {
    if (await copyBlob({ from, to }, blob)) counts.copiedBlobs += 1;
    else counts.presentBlobs += 1;
  }
  return stored;
}

async function copyBlob({ from, to }: Pick<CopyRequest, 'from' | 'to'>, blob: Descriptor): Promise<boolean> {
  // Layers that may not be spread stay where they are named to be.
  if (blob.urls !== undefined && blob.urls.length > 0) return false;
  if (await to.registry.hasBlob(to.repository, blob.digest)) return false;
  const open = async () => await from.registry.openBlob(from.repository, blob);
  await to.registry.putBlob(to.repository, blob.digest, { size: blob.size, open });
  return true;
}

/** The error for an image that is not there. */
export function imageMissing({ registry, repository }: ImagePlace, reference: string): TowpathError {
  const { authority, prefix } = registry.location;
  const at = reference.startsWith('sha256:') ? '@' : ':';
  return new TowpathError({
    code: 'IMAGE_MISSING',
    message: `There is no image ${authority}/${prefix}${repository}${at}${reference}.`,
    cause: 'The registry does not know it.',
    fix: 'Publish it, or correct name, version or digest: `npx towpath datakit list` shows what is where.',
  });
}

function arrivedOtherwise({ to, digest }: Pick<CopyRequest, 'to' | 'digest'>, found: string | undefined): TowpathError {
  return new TowpathError({
    code: 'DIGEST_WRONG',
    message: `${to.registry.location.authority}/${to.repository} has not what was copied there.`,
    cause: `Expected ${digest}, got ${found ?? 'nothing'}.`,
    fix: 'Look whether somebody else writes there, or a proxy changes what passes.',
  });
}
