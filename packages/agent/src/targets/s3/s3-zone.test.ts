import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type MotoServer, startMoto } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refuseSecrets } from '../../notify/notification-sink.ts';
import { type FaultServer, type ReceivedRequest, startFaultServer } from '../../testing/fault-server.ts';
import { openS3Zone, type S3Zone } from './s3-zone.ts';

const BUCKET = 'dev-bronze-zone';
const KEYS = { accessKeyId: 'test', secretAccessKey: 'hunter-22' };

const open = (endpoint: string, prefix = ''): Promise<S3Zone> =>
  openS3Zone({ name: 'lake', type: 's3', location: `s3://${BUCKET}${prefix}`, endpoint, ...KEYS }, {}, refuseSecrets);

async function listKeys(zone: S3Zone): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  await zone.sweep((page) => {
    pages.push(page.map(({ key }) => key));
    return [];
  });
  return pages;
}

describe('a bucket with more objects than one page', () => {
  let moto: MotoServer | undefined;
  let client: S3Client;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto?.close());
  afterEach(() => client?.destroy());

  test('is swept page by page, below the prefix only', { timeout: 60_000 }, async (context) => {
    const { url } = moto ?? context.skip('moto is absent');
    client = new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true, credentials: KEYS });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
    const keys = Array.from({ length: 1_203 }, (_, at) => `raw/day=${String(at).padStart(4, '0')}/a b+ü.json`);
    for (const some of chunk(keys, 50)) await Promise.all(some.map(put));
    for (const other of ['raw2/a.json', 'ra', 'a.json']) await put(other);
    const zone = await open(url, '/raw');
    const listed = await listKeys(zone);
    expect(listed.map((page) => page.length)).toEqual([1_000, 203]);
    expect(listed.flat()).toEqual(keys);
    await zone.sweep((page) => page.filter(({ key }) => !key.includes('day=0007')));
    expect(await listKeys(zone)).toEqual([['raw/day=0007/a b+ü.json']]);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['a.json', 'ra', 'raw/day=0007/a b+ü.json', 'raw2/a.json']);
  });
});

describe('a store that answers as it is told', () => {
  let server: FaultServer;
  let deleted: string[];
  let errors: string;

  beforeEach(async () => {
    deleted = [];
    errors = '';
    server = await startFaultServer((request) => ({
      status: 200,
      body: request.method === 'POST' ? remove(request) : LISTING,
      headers: { 'content-type': 'application/xml' },
    }));
  });
  afterEach(() => server.close());

  function remove({ body }: ReceivedRequest): string {
    deleted.push(...[...body.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key));
    return `<DeleteResult>${errors}</DeleteResult>`;
  }

  test('tells when each object was modified, and deletes what is asked for and nothing else', async () => {
    const zone = await open(server.url);
    await zone.sweep((page) => page.filter(({ modifiedAt }) => modifiedAt < new Date('2026-06-23T12:00:00Z')));
    expect(deleted).toEqual(['old.json']);
  });

  test('an object that is held makes the sweep fail, and is named', async () => {
    errors = '<Error><Key>old.json</Key><Code>AccessDenied</Code></Error>';
    await expect((await open(server.url)).sweep((page) => page)).rejects.toMatchObject({
      code: 'TARGET_DELETE_FAILED',
      message: expect.stringContaining('did not delete 1 of 2 objects'),
      reason: 'It says AccessDenied, of old.json for one.',
    });
  });

  test('nothing is asked to be deleted when nothing is past', async () => {
    await (await open(server.url)).sweep(() => []);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

const LISTING = `<ListBucketResult><IsTruncated>false</IsTruncated>
<Contents><Key>new.json</Key><LastModified>2026-06-23T12:00:00.000Z</LastModified><Size>1</Size></Contents>
<Contents><Key>old.json</Key><LastModified>2026-06-23T11:59:59.000Z</LastModified><Size>1</Size></Contents>
</ListBucketResult>`;

function chunk<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return all.length === 0 ? [] : [all.slice(0, size), ...chunk(all.slice(size), size)];
}
