// `towpath retention` and `towpath environment claim` on buckets of moto's server.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MotoServer, startMoto } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { runProgram } from '../program.ts';
import { createTestContext } from '../testing/test-context.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let moto: MotoServer | undefined;
let url: string;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.close());

beforeEach(async (context) => {
  ({ url } = moto ?? context.skip('moto is absent'));
  await moto?.reset();
  folder = mkdtempSync(join(tmpdir(), 'towpath-retention-s3-'));
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/.env.dev.secrets'), 's3={"id":"test","key":"hunter-22"}\n');
  for (const name of ['dev', 'other']) writeFileSync(join(folder, `config/.env.${name}`), `S3_URL=${url}\n`);
  writeFileSync(join(folder, 'towpath.yaml'), PROJECT);
  for (const bucket of ['dev-bronze-zone', 'dev-silver-zone']) await put(bucket);
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const PROJECT = `name: x
variables:
  S3_URL: { type: url, required: true }
  S3_KEY: { type: string, secret: true, default: "secret://s3#key" }
shared: { hosts: ["127.0.0.1:*", 127.0.0.1] }
environments:
  dev:
    kind: shared
    owns: { buckets: ["dev-*"] }
    secrets: { provider: dotenv }
    targets:
      raw: { type: s3, location: "s3://\${TOWPATH_BRONZE_ZONE}/raw", endpoint: "\${S3_URL}", accessKeyId: "secret://s3#id", secretAccessKey: "\${S3_KEY}" }
      checked: { type: s3, location: "s3://\${TOWPATH_SILVER_ZONE}", endpoint: "\${S3_URL}", accessKeyId: "secret://s3#id", secretAccessKey: "\${S3_KEY}" }
    sizing: { retentionDays: 7 }
  other:
    kind: shared
    targets: { lake: { type: s3, location: dev-bronze-zone, endpoint: "\${S3_URL}", accessKeyId: a, secretAccessKey: b } }
    sizing: { retentionDays: 7 }
`;

/** A bucket, or an object; moto believes everybody. */
async function put(path: string): Promise<void> {
  const response = await fetch(`${url}/${path}`, { method: 'PUT', body: path.includes('/') ? 'x' : '' });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

async function listKeys(bucket: string): Promise<readonly string[]> {
  const text = await (await fetch(`${url}/${bucket}?list-type=2`)).text();
  return [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key);
}

async function run(...args: readonly string[]) {
  const test = createTestContext({ cwd: folder });
  const code = await runProgram(test.context, [...args, '--environment', 'dev']);
  return { code, out: test.out(), err: test.err() };
}

/** The store's clock can't be set; so the command's is. */
function passDays(days: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * DAY_MS });
}

async function claimAll(): Promise<void> {
  for (const target of ['raw', 'checked']) await run('environment', 'claim', target);
}

it('A41 a bucket is listed, then emptied of what is past, below its prefix, and keeps its mark', async () => {
  for (const path of ['raw/day=1/a.json', 'raw/day=2/b.json', 'raw/.mark', 'kept/c.json'])
    await put(`dev-bronze-zone/${path}`);
  expect((await run('environment', 'claim', 'raw')).out).toMatch(
    /^\[DEV\] raw \(s3 dev-bronze-zone at .*\) belongs to dev/,
  );
  expect((await run('retention', '--zone', 'bronze')).out).toContain('nothing was loaded before');
  passDays(8);
  const listed = await run('retention', '--zone', 'bronze', '--json');
  expect(JSON.parse(listed.out)).toMatchObject({
    zone: 'bronze',
    isApplied: false,
    count: 2,
    data: [{ target: 'raw', name: 'raw/day=1/a.json', count: 1 }, { name: 'raw/day=2/b.json' }],
  });
  expect(listed.out + listed.err).not.toContain('hunter-22');
  expect(await listKeys('dev-bronze-zone')).toHaveLength(5);
  expect((await run('retention', '--zone', 'bronze', '--apply')).out).toContain('Deleted.');
  expect(await listKeys('dev-bronze-zone')).toEqual(['.towpath-environment.json', 'kept/c.json', 'raw/.mark']);
});

it('A41 nothing of a bucket is touched, or listed, before it is claimed, or when it is another’s', async () => {
  await put('dev-bronze-zone/raw/a.json');
  passDays(8);
  await expect(run('retention', '--zone', 'bronze', '--apply')).rejects.toMatchObject({ code: 'TARGET_UNCLAIMED' });
  await fetch(`${url}/dev-bronze-zone?tagging`, {
    method: 'PUT',
    body: '<Tagging><TagSet><Tag><Key>towpath-environment</Key><Value>prod</Value></Tag></TagSet></Tagging>',
  });
  await expect(run('retention', '--zone', 'bronze')).rejects.toMatchObject({ code: 'TARGET_CLAIMED_BY_OTHER' });
  expect(await listKeys('dev-bronze-zone')).toEqual(['raw/a.json']);
});

it('A41 --all goes through every zone, tells all in one report, and fails when one of them does', async () => {
  await claimAll();
  await put('dev-bronze-zone/raw/a.json');
  await put('dev-silver-zone/b.json');
  passDays(8);
  await fetch(`${url}/dev-bronze-zone?tagging`, { method: 'DELETE' });
  const failed = await run('retention', '--all', '--apply', '--json');
  expect(failed.code).toBe(1);
  expect(JSON.parse(failed.out)).toMatchObject({
    environment: 'dev',
    isApplied: true,
    zones: [
      {
        zone: 'bronze',
        retentionDays: 7,
        count: 0,
        data: [],
        error: { code: 'TARGET_UNCLAIMED', fix: expect.any(String) },
      },
      { zone: 'silver', count: 1, data: [{ name: 'b.json' }], error: null },
    ],
  });
  expect(await listKeys('dev-silver-zone')).toEqual(['.towpath-environment.json']);
  await run('environment', 'claim', 'raw');
  const done = await run('retention', '--all', '--apply');
  expect(done.code).toBe(0);
  expect(done.out).toMatch(/\[DEV\] bronze, [\s\S]*raw\/a\.json[\s\S]*Deleted\.\n\[DEV\] silver, .*nothing was loaded/);
});

it('A41 a zone may have days of its own', async () => {
  const own = PROJECT.replace(
    'sizing: { retentionDays: 7 }',
    'sizing: { retentionDays: 7, zoneRetentionDays: { silver: 30 } }',
  );
  writeFileSync(join(folder, 'towpath.yaml'), own);
  await claimAll();
  await put('dev-bronze-zone/raw/a.json');
  await put('dev-silver-zone/b.json');
  passDays(8);
  expect(JSON.parse((await run('retention', '--all', '--apply', '--json')).out).zones).toMatchObject([
    { zone: 'bronze', retentionDays: 7, count: 1 },
    { zone: 'silver', retentionDays: 30, count: 0 },
  ]);
  writeFileSync(join(folder, 'towpath.yaml'), own.replace('silver: 30', 'sliver: 30'));
  await expect(run('retention', '--all', '--apply')).rejects.toMatchObject({
    code: 'PROJECT_FILE_INVALID',
    reason: expect.stringContaining('names sliver, which is no zone of dev'),
  });
  expect(await listKeys('dev-silver-zone')).toContain('b.json');
});

it('a bucket of another environment is refused by name, before anybody is asked', async () => {
  const { context } = createTestContext({ cwd: folder });
  const refused = { reason: expect.stringContaining('names the bucket dev-bronze-zone, which dev owns') };
  const words = ['retention', '--zone', 'bronze', '--apply', '--environment', 'other'];
  await expect(runProgram(context, words)).rejects.toMatchObject(refused);
  const claim = ['environment', 'claim', 'lake', '--environment', 'other'];
  await expect(runProgram(context, claim)).rejects.toMatchObject(refused);
});

it.each([
  ['neither', []],
  ['both', ['--zone', 'bronze', '--all']],
])('%s of --zone and --all is a mistake', async (_, words) => {
  await expect(run('retention', ...words)).rejects.toMatchObject({ code: 'ZONE_MISSING' });
});
