// examples/finks with its zones in a store that speaks S3: moto's server, chosen by one variable.
import { rmSync } from 'node:fs';
import { assertNoOrphans, type MotoServer, type SpawnedProcess, spawnProcess, startMoto } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFinksProject, FREE_PORTS } from './support/finks-project.ts';
import { runTowpath } from './support/instance.ts';

const DAY = '2026-01-31';
const START_DEADLINE_MS = 240_000;

let moto: MotoServer | undefined;
let folder = '';
let started: SpawnedProcess;

beforeAll(async () => {
  moto = await startMoto();
  if (moto === undefined) return;
  folder = createFinksProject();
  const env = { ...FREE_PORTS, ZONES: moto.url };
  started = await spawnProcess({ command: process.execPath, args: ['start.ts'], cwd: folder, env });
  await started.waitForOutput(/All environments are up/, START_DEADLINE_MS);
}, START_DEADLINE_MS);

afterAll(async () => {
  if (moto === undefined) return;
  started.kill('SIGINT');
  await started.waitForExit(60_000);
  await runTowpath({ folder }, ['stop']);
  await moto.close();
  await assertNoOrphans(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const urlOf = (path: string): string => `${moto?.url}/${path}`;

async function listKeys(bucket: string): Promise<readonly string[]> {
  const text = await (await fetch(urlOf(`${bucket}?list-type=2`))).text();
  return [...text.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key).filter((key) => !key.startsWith('.'));
}

async function run(pipeline: string, environment: string) {
  return await runTowpath({ folder }, ['run', pipeline, '--environment', environment, '-p', `day=${DAY}`]);
}

async function tag(bucket: string, environment: string): Promise<void> {
  const [name, kind] = [environment, 'local'].map((value) => `<Value>${value}</Value>`);
  const tags = `<Tag><Key>towpath-environment</Key>${name}</Tag><Tag><Key>towpath-environment-kind</Key>${kind}</Tag>`;
  await fetch(urlOf(`${bucket}?tagging`), { method: 'PUT', body: `<Tagging><TagSet>${tags}</TagSet></Tagging>` });
}

it('A38 A96 both flows run with zones in buckets, and each environment writes its own only', async (context) => {
  if (moto === undefined) context.skip('moto is absent');
  for (const pipeline of ['ingest-fmp', 'analytics']) {
    const ended = await run(pipeline, 'staging');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
  }
  expect(await listKeys('staging-silver-zone')).toEqual([
    `quotes/day=${DAY}/quarantine.json`,
    `quotes/day=${DAY}/quotes.json`,
  ]);
  expect(await listKeys('staging-gold-zone')).toEqual([`quotes/day=${DAY}/quotes.csv`]);
  expect(await listKeys('staging-bronze-zone')).toHaveLength(1);
  for (const other of ['dev', 'prod'])
    for (const zone of ['bronze', 'silver', 'gold']) expect(await listKeys(`${other}-${zone}-zone`)).toEqual([]);
});

it('A8 a bucket with the tag of another environment is refused before anything is written', async (context) => {
  if (moto === undefined) context.skip('moto is absent');
  await tag('dev-bronze-zone', 'staging');
  expect((await run('ingest-fmp', 'dev')).code).toBe(1);
  expect((await runTowpath({ folder }, ['logs', '--task', 'quotes'])).stdout).toContain(
    '[DEV] zone dev-bronze-zone is not ours: it belongs to staging',
  );
  expect(await listKeys('dev-bronze-zone')).toEqual([]);
  await tag('dev-bronze-zone', 'dev');
});

it('A41 retention goes through the three buckets of an environment', async (context) => {
  if (moto === undefined) context.skip('moto is absent');
  const asked = await runTowpath({ folder }, ['retention', '--all', '--json', '--environment', 'staging']);
  expect(asked, asked.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(asked.stdout)).toMatchObject({
    zones: [
      { zone: 'bronze', retentionDays: 30, count: 0, error: null },
      { zone: 'silver', count: 0, error: null },
      { zone: 'gold', count: 0, error: null },
    ],
  });
});
