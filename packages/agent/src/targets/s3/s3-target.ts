// A bucket as object zone: its marker is two tags of the bucket. Tags can only be replaced as a whole and without a
// condition, so who wins a claim is decided by an object that can be created once; whoever sees it writes the tags it says.
import { ENVIRONMENT_KINDS, type TargetMarker } from '@towpath/core';
import { z } from 'zod';
import { claimFailed } from '../target-errors.ts';
import type { TargetStore } from '../target-store.ts';
import type { S3Bucket } from './s3-client.ts';
import { toS3ClaimError, toS3Error } from './s3-errors.ts';
import type { S3Place } from './s3-place.ts';

/** Tags of the marker, also for what sets tags as infrastructure. */
const ENVIRONMENT_TAG = 'towpath-environment';
const KIND_TAG = 'towpath-environment-kind';

/** Name of the object that decides, in the root of the bucket. */
const CLAIM_OBJECT = '.towpath-environment.json';

const Claim = z.object({ environment: z.string(), kind: z.enum(ENVIRONMENT_KINDS) });

/** What a bucket is called in messages. */
export function describeS3Place({ bucket, endpoint }: S3Place): string {
  return endpoint === undefined ? `s3 ${bucket}` : `s3 ${bucket} at ${new URL(endpoint).host}`;
}

/** Creates the store. The whole bucket belongs to one environment, whatever prefix the target has. */
export function createS3Target(at: S3Place): TargetStore {
  const place = describeS3Place(at);
  return {
    place,
    key: formatKey(at),
    readMarker: () =>
      withS3Bucket(at, readMarker).catch((thrown: unknown) => {
        throw toS3Error(place, thrown);
      }),
    claim: (marker, by) =>
      withS3Bucket(at, (bucket) => claim(bucket, { place, marker, by })).catch((thrown: unknown) => {
        throw toS3ClaimError(place, thrown);
      }),
  };
}

// A gateway may serve several stores below one host; buckets of a region, or of a tenant's keys, may have one name.
function formatKey({ bucket, endpoint, region, credentials }: S3Place): string {
  return JSON.stringify([bucket, endpoint, region, credentials?.accessKeyId]);
}

/** Loads the client with the first bucket, as most agents and commands have none. */
export async function withS3Bucket<T>(at: S3Place, work: (bucket: S3Bucket) => Promise<T>): Promise<T> {
  const { openS3Bucket } = await import('./s3-client.ts');
  const bucket = openS3Bucket(at);
  try {
    return await work(bucket);
  } finally {
    bucket.close();
  }
}

async function readMarker(bucket: S3Bucket): Promise<TargetMarker | undefined> {
  return findMarker(await bucket.getTags());
}

function findMarker(tags: ReadonlyMap<string, string>): TargetMarker | undefined {
  const environment = tags.get(ENVIRONMENT_TAG);
  if (environment === undefined) return undefined;
  // A word that this version does not know, or none, is treated as what may do least damage when it is refused.
  const kind = ENVIRONMENT_KINDS.find((known) => known === tags.get(KIND_TAG)) ?? 'production';
  return { environment, kind };
}

interface ClaimRequest {
  readonly place: string;
  readonly marker: TargetMarker;
  readonly by: string;
}

async function claim(bucket: S3Bucket, request: ClaimRequest): Promise<TargetMarker> {
  const standing = await readMarker(bucket);
  if (standing !== undefined) return standing;
  const winner = await decideClaim(bucket, request);
  // Read as late as possible: somebody else may have set a tag of theirs meanwhile, which must stay.
  const tags = await bucket.getTags();
  const marked = findMarker(tags);
  if (marked !== undefined) return marked;
  await bucket.putTags(new Map([...tags, [ENVIRONMENT_TAG, winner.environment], [KIND_TAG, winner.kind]]));
  return winner;
}

async function decideClaim(bucket: S3Bucket, { place, marker, by }: ClaimRequest): Promise<TargetMarker> {
  const text = JSON.stringify({ ...marker, claimedBy: by, claimedAt: new Date().toISOString() });
  if (await bucket.createObject(CLAIM_OBJECT, `${text}\n`)) return marker;
  const parsed = Claim.safeParse(parseJson(await bucket.getText(CLAIM_OBJECT)));
  if (parsed.success) return parsed.data;
  throw claimFailed(place, `${CLAIM_OBJECT} in it can not be read`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
