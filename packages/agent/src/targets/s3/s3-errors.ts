// What S3 says, by the name and status of its error; its messages stay behind.
import { TowpathError } from '@towpath/core';
import { AWS_LOGIN_ERRORS, readAwsError } from '../../aws/read-aws-error.ts';
import { claimFailed, targetUnreachable } from '../target-errors.ts';

/** Why a bucket did not answer as it should. */
export function toS3Error(place: string, thrown: unknown): TowpathError {
  return findDefinite(place, thrown) ?? targetUnreachable(place, toWord(thrown));
}

/** Why it could not be claimed. */
export function toS3ClaimError(place: string, thrown: unknown): TowpathError {
  const { status } = readAwsError(thrown);
  const isAnswered = status !== undefined && status < 500;
  return findDefinite(place, thrown) ?? (isAnswered ? claimFailed : targetUnreachable)(place, toWord(thrown));
}

function findDefinite(place: string, thrown: unknown): TowpathError | undefined {
  if (thrown instanceof TowpathError) return thrown;
  const { name, status } = readAwsError(thrown);
  if (name === 'NoSuchBucket') return targetMissing(place);
  if (AWS_LOGIN_ERRORS.includes(name)) return targetDenied(place, name);
  if (status === 401 || status === 403) return targetDenied(place, name);
  return undefined;
}

function toWord(thrown: unknown): string {
  const { name } = readAwsError(thrown);
  return name === 'AbortError' || name === 'TimeoutError' ? 'no answer in time' : name;
}

function targetMissing(place: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_MISSING',
    message: `${place} does not exist.`,
    cause: 'The store answers that it has no such bucket.',
    fix: 'Create the bucket, or correct location, endpoint and region of the target; Towpath creates none.',
  });
}

function targetDenied(place: string, name: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_DENIED',
    message: `${place} refuses the credentials it was asked with.`,
    cause: `It answers ${name}.`,
    fix: 'Use credentials that are valid, with s3:GetBucketTagging; to claim also s3:PutBucketTagging, s3:GetObject and s3:PutObject; for retention s3:ListBucket and s3:DeleteObject.',
  });
}
