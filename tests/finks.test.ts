// examples/finks as its README says: one command, two flows, three environments, each writing its own zones only.
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { assertNoOrphans, type SpawnedProcess, spawnProcess } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFinksProject, FREE_PORTS } from './support/finks-project.ts';
import { runTowpath } from './support/instance.ts';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const DAY = '2026-01-31';

/** PostgreSQL is made, then four agents start one after the other; two busy cores. */
const START_DEADLINE_MS = 180_000;

let folder: string;
let busy: Server;
let started: SpawnedProcess;

beforeAll(async () => {
  folder = createFinksProject();
  busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  started = await start({ ...FREE_PORTS, CONSOLE_PORT: String(portOf(busy)) });
  await started.waitForOutput(/All environments are up/, START_DEADLINE_MS);
}, START_DEADLINE_MS);

afterAll(async () => {
  busy.close();
  started.kill('SIGINT');
  await started.waitForExit(60_000);
  await runTowpath({ folder }, ['stop']);
  await assertNoOrphans(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function start(ports: Readonly<Record<string, string>>): Promise<SpawnedProcess> {
  return await spawnProcess({ command: process.execPath, args: ['start.ts'], cwd: folder, env: ports });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Files of all zones, with what they hold. */
function readZones(): ReadonlyMap<string, string> {
  const root = join(folder, '.towpath/zones');
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

async function countQuotes(environment: string): Promise<number> {
  const exists = `select to_regclass('${environment}_analytics.daily_quotes') is not null as exists`;
  const [found] = JSON.parse((await runTowpath({ folder }, ['sql', 'bronze', exists, '--json'])).stdout);
  if (found.exists !== 't') return 0;
  const count = `select count(*) as count from ${environment}_analytics.daily_quotes`;
  const [row] = JSON.parse((await runTowpath({ folder }, ['sql', 'bronze', count, '--json'])).stdout);
  return Number(row.count);
}

async function run(pipeline: string, environment: string) {
  return await runTowpath({ folder }, ['run', pipeline, '--environment', environment, '-p', `day=${DAY}`]);
}

it('both flows run in each environment, and each writes its own zones and schema only', async () => {
  for (const [at, environment] of ENVIRONMENTS.entries()) {
    const before = readZones();
    for (const pipeline of ['ingest-fmp', 'analytics']) {
      const ended = await run(pipeline, environment);
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
      expect(ended.stdout).toMatch(new RegExp(`${pipeline}-${environment} #\\d+ succeeded`));
    }
    const written = [...readZones()].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
    expect(new Set(written.map((path) => path.split('/')[0]))).toEqual(
      new Set(['bronze', 'silver', 'gold'].map((zone) => `${environment}-${zone}-zone`)),
    );
    const counts = await Promise.all(ENVIRONMENTS.map(countQuotes));
    expect(counts).toEqual(ENVIRONMENTS.map((_, other) => (other <= at ? 5 : 0)));
  }
});

it('read = loaded + quarantined, and repeating a day changes nothing', async () => {
  const zones = [...readZones()].filter(([path]) => path.startsWith('dev-'));
  const [quotes, quarantine] = ['quotes.json', 'quarantine.json'].map((name) =>
    JSON.parse(zones.find(([path]) => path.startsWith('dev-silver-zone') && path.endsWith(name))?.[1] ?? 'null'),
  );
  expect([quotes.length, quarantine.length]).toEqual([5, 1]);
  expect(quarantine[0].reason).toBe('price is no decimal');
  expect((await run('analytics', 'dev')).code).toBe(0);
  expect([...readZones()].filter(([path]) => path.startsWith('dev-'))).toEqual(zones);
});

it('a zone with the mark of another environment is refused before anything is written', async () => {
  const mark = join(folder, '.towpath/zones/dev-bronze-zone/.environment');
  writeFileSync(mark, 'prod\n');
  const before = readZones();
  const ended = await run('ingest-fmp', 'dev');
  expect(ended.code).toBe(1);
  expect((await runTowpath({ folder }, ['logs', '--task', 'quotes'])).stdout).toContain(
    '[DEV] zone dev-bronze-zone is not ours: it belongs to prod',
  );
  expect(readZones()).toEqual(before);
  writeFileSync(mark, 'dev\n');
});

it('A96 ports are chosen by variables, and one that is taken is explained', async () => {
  expect(started.output()).toContain(`port ${portOf(busy)} is busy, so the console is on `);
  const refused = await start({ ...FREE_PORTS, FMP_PORT: String(portOf(busy)) });
  expect((await refused.waitForExit(20_000)).code).toBe(1);
  expect(refused.stderr()).toContain(
    `Port ${portOf(busy)}, wanted for the source of quotes, is taken by another program.`,
  );
  expect(refused.stderr()).toMatch(/^Port \d+.* FMP_PORT=4011 npm start\n$/);
});

it('retention lists what a zone holds too long, then deletes it, in the environment that was named', async () => {
  const old = new Date(Date.now() - 10 * 24 * 3600 * 1000);
  for (const environment of ENVIRONMENTS)
    utimesSync(join(folder, `.towpath/zones/${environment}-gold-zone/quotes/day=${DAY}/quotes.csv`), old, old);
  const ask = async (...args: readonly string[]) =>
    await runTowpath({ folder }, ['retention', '--zone', 'gold', ...args]);
  const before = readZones();
  expect((await ask('--environment', 'dev')).stdout).toMatch(
    /\[DEV\] gold, kept for 7 days[\s\S]*quotes\.csv[\s\S]*Nothing was deleted/,
  );
  expect((await ask('--environment', 'staging', '--apply')).stdout).toContain('nothing was loaded before');
  expect(readZones()).toEqual(before);
  expect((await ask('--environment', 'dev', '--apply')).stdout).toContain('Deleted.');
  const gone = [...before.keys()].filter((path) => !readZones().has(path));
  expect(gone).toEqual([`dev-gold-zone/quotes/day=${DAY}/quotes.csv`]);
  expect((await run('analytics', 'dev')).code).toBe(0);
});

it.each([
  [['config', 'validate', '--all'], /^dev, staging, prod: no problem\.\n$/],
  [['config', 'check-code'], /nothing hard-coded, 1 ignored with a reason\.\n$/],
  [['config', 'example', '--check'], /is up to date/],
  [['config', 'types', '--check'], /is up to date/],
  [['parity', 'dev', 'prod'], /All differences are allowed\.\n$/],
  [['environment', 'apply', '--dry-run'], /Nothing was changed: this was a dry run\.\n$/],
  ...ENVIRONMENTS.map(
    (name) => [['doctor', '--environment', name], /^(?:· .*\n(?: +fix.*\n)?)*No problem found\.\n$/] as const,
  ),
] as const)('A96 the example passes its own check: %j', async (command, said) => {
  const asked = await runTowpath({ folder }, [...command]);
  expect(asked, asked.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(said) });
});

it('A96 a port that is none is a sentence', async () => {
  const refused = await start({ ...FREE_PORTS, FMP_PORT: 'abc' });
  expect((await refused.waitForExit(20_000)).code).toBe(1);
  expect(refused.stderr()).toBe('FMP_PORT is "abc"; it must be a port, 0 to 65535 (0: a free one).\n');
});

it('no code of the example names an environment', () => {
  for (const part of ['pipelines', 'lib'])
    for (const name of readdirSync(join(folder, part)))
      expect(readFileSync(join(folder, part, name), 'utf8')).not.toMatch(/\b(?:dev|staging|prod)\b[-_]/);
});
