// Buckets of moto's server: the contract of targets, what S3 adds to it, and how it fails.
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type MotoServer, startMoto } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refuseSecrets } from '../../notify/notification-sink.ts';
import { withBundled } from '../../testing/bundle-module.ts';
import { type FaultServer, startFaultServer } from '../../testing/fault-server.ts';
import { INT, LOCAL, PROD, testTargetContract } from '../../testing/target-contract.ts';
import type { AgentTarget } from '../agent-target.ts';
import { createTarget } from '../create-target.ts';
import { createTargetGuard } from '../target-guard.ts';
import type { TargetStore } from '../target-store.ts';

const BUCKET = 'int-bronze-zone';
const KEYS = { accessKeyId: 'test', secretAccessKey: 'hunter-22' };

type S3Target = Extract<AgentTarget, { type: 's3' }>;

let moto: MotoServer | undefined;
let client: S3Client;

beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.close());

/** An empty account with one bucket. */
async function openBucket(context: { skip(note?: string): never }): Promise<S3Target> {
  const { url, reset } = moto ?? context.skip('moto is absent');
  await reset();
  client = new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true, credentials: KEYS });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return { name: 'lake', type: 's3', location: `s3://${BUCKET}/raw`, endpoint: url, ...KEYS };
}

afterEach(() => client?.destroy());

describe('a target of type s3', () => {
  testTargetContract(openBucket);
});

describe('a bucket', () => {
  let target: S3Target;
  beforeEach(async (context) => {
    target = await openBucket(context);
  });

  const open = (changes: Partial<S3Target> = {}): Promise<TargetStore> =>
    createTarget({ ...target, ...changes }, {}, refuseSecrets);

  async function getTags(): Promise<Record<string, string>> {
    const { TagSet = [] } = await client.send(new GetBucketTaggingCommand({ Bucket: BUCKET }));
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
  }

  const setTags = (tags: Readonly<Record<string, string>>) =>
    client.send(
      new PutBucketTaggingCommand({
        Bucket: BUCKET,
        Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      }),
    );

  test('is told from one of the same name behind another path, port, scheme, region or account', async () => {
    const places = await Promise.all([
      ...['http://h.example/dev', 'http://h.example/prod', 'https://h.example/dev', 'http://h.example:443/dev'].map(
        (endpoint) => open({ endpoint }),
      ),
      open({ region: 'cn-north-1' }),
      open({ accessKeyId: 'another' }),
      open({ secretAccessKey: 'rotated' }),
    ]);
    expect(new Set(places.map(({ key }) => key)).size).toBe(places.length);
    const again = await open({ secretAccessKey: 'rotated again' });
    expect(again.key).toBe(places.at(-1)?.key);
    expect(places.some(({ key }) => key.includes('rotated'))).toBe(false);
  });

  test('keeps its other tags when it is claimed', async () => {
    await setTags({ owner: 'data', cost: '42' });
    await (await open()).claim(INT, 'ada');
    expect(await getTags()).toEqual({
      owner: 'data',
      cost: '42',
      'towpath-environment': 'int',
      'towpath-environment-kind': 'shared',
    });
  });

  test('is marked as a whole: another prefix of it has the same owner', async () => {
    await (await open()).claim(INT, 'ada');
    expect(await (await open({ location: `s3://${BUCKET}/other` })).readMarker()).toEqual(INT);
  });

  test('that lost its tags is nobody’s until it is claimed again, by whoever had it', async () => {
    await (await open()).claim(INT, 'ada');
    await setTags({ owner: 'data' });
    expect(await (await open()).readMarker()).toBeUndefined();
    expect(await (await open()).claim(PROD, 'bob')).toEqual(INT);
    expect(await getTags()).toMatchObject({ owner: 'data', 'towpath-environment': 'int' });
  });

  test('whose tags came from elsewhere counts as production unless they say what kind it is', async () => {
    await setTags({ 'towpath-environment': 'int' });
    expect(await (await open()).readMarker()).toEqual({ environment: 'int', kind: 'production' });
  });

  test('is read without writing anything', async () => {
    await (await open()).readMarker();
    expect((await client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).KeyCount).toBe(0);
  });

  test('that is not there is told to be missing', async () => {
    const store = await open({ location: 's3://no-such-bucket' });
    await expect(store.readMarker()).rejects.toMatchObject({ code: 'TARGET_MISSING' });
    await expect(store.claim(INT, 'ada')).rejects.toMatchObject({ code: 'TARGET_MISSING' });
  });

  test('is reached as the variables of the attempt say', async () => {
    await (await open()).claim(PROD, 'ada');
    const declared: S3Target = { name: 'lake', type: 's3', location: 's3://elsewhere', endpoint: 'http://127.0.0.1:1' };
    const variables = {
      LAKE_LOCATION: `s3://${BUCKET}`,
      LAKE_ENDPOINT: target.endpoint ?? '',
      LAKE_SECRET_ACCESS_KEY: 'secret://s3#key',
      AWS_ACCESS_KEY_ID: 'test',
    };
    const guard = createTargetGuard({
      claimant: LOCAL,
      claimedBy: 'test',
      resolveText: (text) => Promise.resolve(text.replace(/^secret:.*/, 'hunter-22')),
      now: () => 0,
      log: () => undefined,
    });
    expect(await guard.check([declared], variables, [])).toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
  });

  test('works bundled, as it is shipped, and loads its client only when a bucket is asked', async () => {
    await (await open()).claim(INT, 'ada');
    const source = new URL('../create-target.ts', import.meta.url);
    await withBundled<{ readonly createTarget: typeof createTarget }>(source, async ({ exports, loadedAtOnce }) => {
      expect(loadedAtOnce).toContainEqual(expect.stringContaining('create-target.ts'));
      expect(loadedAtOnce.filter((input) => input.includes('@aws-sdk'))).toEqual([]);
      expect(await (await exports.createTarget(target, {}, refuseSecrets)).readMarker()).toEqual(INT);
    });
  });
});

describe('a store that fails', () => {
  let server: FaultServer;
  let answer: { readonly status: number; readonly code: string };

  beforeEach(async () => {
    server = await startFaultServer(() => ({
      status: answer.status,
      body: `<?xml version="1.0"?><Error><Code>${answer.code}</Code><Message>hunter-22</Message></Error>`,
      headers: { 'content-type': 'application/xml' },
    }));
  });
  afterEach(() => server.close());

  const open = (endpoint: string): Promise<TargetStore> =>
    createTarget({ name: 'lake', type: 's3', location: BUCKET, endpoint, ...KEYS }, {}, refuseSecrets);

  test.each([
    [403, 'AccessDenied', 'TARGET_DENIED', 'TARGET_DENIED'],
    [403, 'InvalidAccessKeyId', 'TARGET_DENIED', 'TARGET_DENIED'],
    [400, 'ExpiredToken', 'TARGET_DENIED', 'TARGET_DENIED'],
    [404, 'NoSuchBucket', 'TARGET_MISSING', 'TARGET_MISSING'],
    [301, 'PermanentRedirect', 'TARGET_UNREACHABLE', 'TARGET_CLAIM_FAILED'],
    [501, 'NotImplemented', 'TARGET_UNREACHABLE', 'TARGET_UNREACHABLE'],
    [503, 'SlowDown', 'TARGET_UNREACHABLE', 'TARGET_UNREACHABLE'],
  ])('%i %s means %s, and %s to who claims', async (status, code, read, claim) => {
    answer = { status, code };
    const store = await open(server.url);
    const thrown = await store.readMarker().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: read, fix: expect.any(String) });
    expect(JSON.stringify(thrown)).not.toContain('hunter-22');
    await expect(store.claim(INT, 'ada')).rejects.toMatchObject({ code: claim });
  });

  test('that nobody listens for is unreachable', async () => {
    await expect((await open('http://127.0.0.1:1')).readMarker()).rejects.toMatchObject({
      code: 'TARGET_UNREACHABLE',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test.each([
    ['location', 'Not_A_Bucket'],
    ['endpoint', 'ftp://store.example'],
    ['pathStyle', 'perhaps'],
  ])('a %s that is none is refused before anything is asked', async (part, text) => {
    const target: S3Target = { name: 'lake', type: 's3', location: BUCKET, [part]: text };
    await expect(createTarget(target, {}, refuseSecrets)).rejects.toMatchObject({ code: 'TARGET_PLACE_INVALID' });
  });
});
