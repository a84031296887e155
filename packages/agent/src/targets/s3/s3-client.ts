// The client of S3, in a file of its own that is loaded when the first bucket is asked. The import must be static, as for
// secrets: the client is CommonJS, of which a dynamic import has no names once esbuild has bundled it.
import {
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { readAwsError } from '../../aws/read-aws-error.ts';
import type { S3Place } from './s3-place.ts';

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** One bucket. Everything throws what the client throws. */
export interface S3Bucket {
  getTags(): Promise<ReadonlyMap<string, string>>;
  /** Replaces all tags: S3 knows no other way. */
  putTags(tags: ReadonlyMap<string, string>): Promise<void>;
  getText(key: string): Promise<string>;
  /** Creates an object; false when one of that key is there, which stays. */
  createObject(key: string, text: string): Promise<boolean>;
  /** Page by page, at most 1000 objects each, in the order of the keys. */
  listPages(prefix: string): AsyncGenerator<readonly ListedObject[]>;
  /** At most 1000. Returns the keys that stayed, with the code of S3. */
  deleteObjects(keys: readonly string[]): Promise<readonly { readonly key: string; readonly code: string }[]>;
  close(): void;
}

/** One request with all its tries: an attempt waits for it, and a store that takes longer is as good as away. */
const REQUEST_MS = 10_000;

/** Stores other than AWS refuse the checksums that this client adds by itself. */
const CHECKSUMS = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const;

/** Opens a bucket; nothing is asked before a method is called. */
export function openS3Bucket({ bucket, region, endpoint, isPathStyle, credentials }: S3Place): S3Bucket {
  const client = new S3Client({
    region,
    forcePathStyle: isPathStyle,
    followRegionRedirects: endpoint === undefined,
    maxAttempts: 2,
    ...CHECKSUMS,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS) });
  return {
    getTags: async () => {
      const reply = await client
        .send(new GetBucketTaggingCommand({ Bucket: bucket }), inTime())
        .catch((thrown: unknown) => {
          if (readAwsError(thrown).name === 'NoSuchTagSet') return { TagSet: [] };
          throw thrown;
        });
      return new Map(reply.TagSet?.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
    putTags: async (tags) => {
      const TagSet = [...tags].map(([Key, Value]) => ({ Key, Value }));
      await client.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }), inTime());
    },
    getText: async (key) => {
      const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), inTime());
      return (await reply.Body?.transformToString('utf8')) ?? '';
    },
    createObject: async (key, text) => {
      const input = { Bucket: bucket, Key: key, Body: text, ContentType: 'application/json', IfNoneMatch: '*' };
      return await client.send(new PutObjectCommand(input), inTime()).then(
        () => true,
        (thrown: unknown) => {
          if (isTaken(thrown)) return false;
          throw thrown;
        },
      );
    },
    listPages: (prefix) => listPages(client, bucket, prefix),
    deleteObjects: async (keys) => {
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const reply = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), inTime());
      return (reply.Errors ?? []).map(({ Key = '', Code = 'unknown' }) => ({ key: Key, code: Code }));
    },
    close: () => client.destroy(),
  };
}

/** 409: somebody else creates it at this moment. */
function isTaken(thrown: unknown): boolean {
  const { status } = readAwsError(thrown);
  return status === 412 || status === 409;
}

async function* listPages(client: S3Client, bucket: string, prefix: string): AsyncGenerator<readonly ListedObject[]> {
  let ContinuationToken: string | undefined;
  do {
    const input = { Bucket: bucket, Prefix: prefix, ...(ContinuationToken && { ContinuationToken }) };
    const reply = await client.send(new ListObjectsV2Command(input), {
      abortSignal: AbortSignal.timeout(REQUEST_MS),
    });
    yield (reply.Contents ?? []).flatMap(({ Key, Size = 0, LastModified }) =>
      Key === undefined || LastModified === undefined ? [] : [{ key: Key, sizeBytes: Size, modifiedAt: LastModified }],
    );
    ContinuationToken = reply.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
