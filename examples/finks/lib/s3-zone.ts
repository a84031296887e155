// Buckets of a store that speaks S3. The mark is the tag that `npx towpath environment claim` sets.
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { checkMark, type Zone, type ZoneConfiguration, type ZoneRequest } from './zone.ts';

/** A store asks for a region, whether it has any or not. */
const REGION = 'us-east-1';

/** Creates a bucket unless it is there. */
export async function createBucket(config: ZoneConfiguration, bucket: string): Promise<void> {
  const client = openClient(config);
  const isThere = await client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => true,
    () => false,
  );
  if (!isThere) await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

/** Opens a bucket as zone. */
export async function openS3Zone(config: ZoneConfiguration, request: ZoneRequest): Promise<Zone> {
  const client = openClient(config);
  const { bucket: Bucket } = request;
  checkMark(request, await findMark(client, Bucket));
  return {
    write: async (Key, Body) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body }));
      return `s3://${Bucket}/${Key}`;
    },
    read: async (Key) => {
      const reply = await client.send(new GetObjectCommand({ Bucket, Key })).catch(unlessNamed('NoSuchKey'));
      return reply?.Body?.transformToString('utf8');
    },
    // A day has some dozens of objects; a page holds a thousand.
    list: async (Prefix) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    },
  };
}

function openClient({ ZONES: endpoint, S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: key }: ZoneConfiguration): S3Client {
  return new S3Client({
    endpoint,
    region: REGION,
    forcePathStyle: true,
    credentials: { accessKeyId: id, secretAccessKey: key },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

async function findMark(client: S3Client, Bucket: string): Promise<string | undefined> {
  const reply = await client.send(new GetBucketTaggingCommand({ Bucket })).catch(unlessNamed('NoSuchTagSet'));
  return reply?.TagSet?.find(({ Key }) => Key === 'towpath-environment')?.Value;
}

function unlessNamed(name: string): (thrown: unknown) => undefined {
  return (thrown) => {
    if (thrown instanceof Error && thrown.name === name) return undefined;
    throw thrown;
  };
}
