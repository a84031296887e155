// A bucket, or what lies below a prefix of it, as a zone whose old objects are deleted.
import { type TargetMarker, TowpathError } from '@towpath/core';
import type { ResolveText } from '../../notify/notification-sink.ts';
import type { AgentTarget } from '../agent-target.ts';
import type { ListedObject, S3Bucket } from './s3-client.ts';
import { toS3Error } from './s3-errors.ts';
import { resolveS3Place } from './s3-place.ts';
import { createS3Target, describeS3Place, withS3Bucket } from './s3-target.ts';

/** The zone; each method throws TowpathError `TARGET_UNREACHABLE`, `TARGET_MISSING`, `TARGET_DENIED`. */
export interface S3Zone {
  readonly bucket: string;
  readonly place: string;
  readMarker(): Promise<TargetMarker | undefined>;
  /**
   * Calls `visit` for each page of objects below the prefix, at most 1000 in each; what it returns is deleted before the
   * next page is asked for, so that little time lies between the listing of an object and its end.
   *
   * @throws TowpathError `TARGET_DELETE_FAILED`
   */
  sweep(visit: (page: readonly ListedObject[]) => readonly ListedObject[]): Promise<void>;
}

/**
 * Opens the zone as an attempt with these variables would reach it.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`, or what `resolveText` throws
 */
export async function openS3Zone(
  target: Extract<AgentTarget, { type: 's3' }>,
  variables: Readonly<Record<string, string>>,
  resolveText: ResolveText,
): Promise<S3Zone> {
  const at = await resolveS3Place(target, variables, resolveText);
  const place = describeS3Place(at);
  return {
    ...createS3Target(at),
    bucket: at.bucket,
    sweep: (visit) =>
      withS3Bucket(at, async (bucket) => {
        for await (const page of bucket.listPages(at.prefix)) await remove(bucket, place, visit(page));
      }).catch((thrown: unknown) => {
        throw toS3Error(place, thrown);
      }),
  };
}

async function remove(bucket: S3Bucket, place: string, objects: readonly ListedObject[]): Promise<void> {
  if (objects.length === 0) return;
  const left = await bucket.deleteObjects(objects.map(({ key }) => key));
  if (left.length === 0) return;
  throw new TowpathError({
    code: 'TARGET_DELETE_FAILED',
    message: `${place} did not delete ${left.length} of ${objects.length} objects.`,
    cause: `It says ${[...new Set(left.map(({ code }) => code))].join(', ')}, of ${left[0]?.key} for one.`,
    fix: 'Give who deletes s3:DeleteObject, and look whether a lock of the bucket holds the objects; then repeat it.',
  });
}
