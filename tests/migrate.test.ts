// `towpath migrate` on a repository made for it: tests/fixtures/finks-before, as document "Environment Management" has its own.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePart } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runTowpath } from './support/instance.ts';

const BEFORE = fileURLToPath(new URL('./fixtures/finks-before', import.meta.url));
const ENVIRONMENTS = ['dev', 'staging', 'prod'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-migrate-'));
  cpSync(BEFORE, folder, { recursive: true });
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'));
  git('init', '--quiet');
  commit('as it was');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function commit(message: string): void {
  git('add', '--all');
  git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', message);
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** Runs a program of the repository in an environment. */
function runIn(environment: string | undefined, command: string, args: readonly string[]): string {
  const { ENVIRONMENT: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PYTHONDONTWRITEBYTECODE: '1',
    ...(environment !== undefined && { ENVIRONMENT: environment }),
  };
  return execFileSync(command, args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function migrate(...args: readonly string[]) {
  return await runTowpath({ folder }, ['migrate', ...args]);
}

it('A99 without --apply nothing is written, and the diff makes of the repository what --apply makes of it', async () => {
  const shown = await migrate('--name', 'finks');
  expect(shown.code, shown.stderr).toBe(0);
  expect(git('status', '--porcelain', '--ignored')).toBe('');
  writeFileSync(join(folder, 'm.diff'), shown.stdout);
  git('apply', '--index', 'm.diff');
  rmSync(join(folder, 'm.diff'));
  const tree = git('write-tree');
  git('reset', '--hard', '--quiet');
  git('clean', '-dfx', '--quiet');
  expect((await migrate('--name', 'finks', '--apply')).code).toBe(0);
  git('add', '--all', '--force');
  expect(git('write-tree')).toBe(tree);
});

it('A99 the five steps: config folder, ignore rule, values in code, workflows, a test per environment', async () => {
  const applied = await migrate('--apply');
  expect(applied.code, applied.stderr).toBe(0);
  expect([...read('towpath.yaml').matchAll(/^ {2}(\w+):\n {4}kind: /gm)].map(([, name]) => name)).toEqual(ENVIRONMENTS);
  expect((await runTowpath({ folder }, ['sizing'])).stdout).toMatch(
    /^dev +shared.*\nstaging +shared.*\nprod +production/m,
  );
  for (const environment of ENVIRONMENTS)
    expect(read(`config/.env.${environment}`)).toContain(`S3_BUCKET_PREFIX=${environment}\n`);
  expect(
    git('check-ignore', ...ENVIRONMENTS.map((name) => `config/.env.${name}`))
      .trim()
      .split('\n'),
  ).toHaveLength(3);
  expect(git('status', '--porcelain', 'config/.env.example')).toBe('?? config/.env.example\n');
  expect(read('connectors/fmp/main.py')).toContain('BUCKET = Config.BRONZE_BUCKET\n');
  expect(read('scripts/list-zones.mts')).toContain('const bucket = config.GOLD_BUCKET;\n');
  expect(read('models/daily_quotes.sql')).toContain("from {{ env_var('ANALYTICS_DATABASE') }}.quotes\n");
  expect(read('docker-compose.yml')).toContain(`TARGET: "s3://\${BRONZE_BUCKET}/local"\n`);
  expect(read('profiles.yml')).toBe(readFileSync(join(BEFORE, 'profiles.yml'), 'utf8'));
  const workflow = read('.github/workflows/deploy.yml');
  expect(workflow).toContain('  deploy-dev:\n    env:\n      ENVIRONMENT: dev\n    if: ');
  expect(workflow).toContain('    env:\n      ENVIRONMENT: staging\n      REGION: ca-central-1\n');
  expect(git('diff', '--numstat', '.github')).toMatch(/^3\t0\t/);
});

it('A99 what a person has to decide is reported with file, line and reason, and left alone', async () => {
  const { stdout } = await migrate('--json');
  const { values } = JSON.parse(stdout);
  const left = values.filter(({ byHand }: { byHand?: string }) => byHand !== undefined);
  expect(left).toMatchObject([
    { path: 'connectors/fmp/main.py', line: 10, text: 'prod-token' },
    { path: 'connectors/fmp/main.py', line: 11, text: 'dev-mode' },
    { path: 'docker-compose.yml', line: 7, text: 'dev' },
    { path: 'flows/main.py', line: 12, text: 'prod' },
    { path: 'models/daily_quotes.sql', line: 4, byHand: 'it is within a template' },
  ]);
});

it('a second migration changes nothing, before and after the first one is committed', async () => {
  await migrate('--apply');
  const again = await migrate('--apply');
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('Nothing to change.') });
  commit('migrated');
  expect(await migrate()).toMatchObject({ code: 0, stdout: '' });
  expect(git('status', '--porcelain')).toBe('');
});

it('a file with changes that are not committed is not touched without --force', async () => {
  appendFileSync(join(folder, 'flows/main.py'), '# mine\n');
  const refused = await migrate('--apply');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('MIGRATE_FILES_MODIFIED') });
  expect(refused.stderr).toContain('flows/main.py');
  expect(git('status', '--porcelain')).toBe(' M flows/main.py\n');
  expect((await migrate('--apply', '--force')).code).toBe(0);
  expect(read('flows/main.py')).toMatch(/Config\.BRONZE_BUCKET[\s\S]*# mine\n$/);
});

it("A99 Python's own loader reads the same files, and its code names each environment's own zones", async (context) => {
  const { path: python } = requirePart('dotenv', context);
  await migrate('--apply');
  for (const environment of ENVIRONMENTS) {
    const printed = runIn(environment, python, ['-m', 'flows.main']);
    expect(printed).toContain(`Starting ingest-fmp-${environment}, archive s3://${environment}-bronze-zone/archive/`);
    expect(JSON.parse(printed.split('\n')[1] ?? '')).toEqual({
      bucket: `${environment}-bronze-zone`,
      target: `s3://${environment}-silver-zone/2026-01-31/quotes.json`,
      api: `https://fmp.${environment}.example.com/api/v3`,
      key: `/${environment}/fmp/api_key`,
      path: `s3://${environment}-bronze-zone/source=fmp`,
    });
  }
  runIn(undefined, python, ['-m', 'unittest', 'tests.test_environments']);
  writeFileSync(join(folder, 'config/.env.dev'), 'S3_BUCKET_PREFIX=prod\n');
  expect(() => runIn(undefined, python, ['-m', 'unittest', 'tests.test_environments'])).toThrow(
    /S3_BUCKET_PREFIX of dev names another environment/,
  );
});

it('A99 TypeScript reads the same files, and its test finds an environment that names another', async () => {
  await migrate('--apply');
  for (const environment of ENVIRONMENTS) {
    const printed = JSON.parse(runIn(environment, process.execPath, ['scripts/list-zones.mts']));
    expect(printed).toMatchObject({
      bucket: `${environment}-gold-zone`,
      address: `s3://${environment}-gold-zone/quotes`,
    });
  }
  expect(() => runIn(undefined, process.execPath, ['scripts/list-zones.mts'])).toThrow(/ENVIRONMENT is not set/);
  runIn(undefined, process.execPath, ['--test', 'tests/environments.test.mjs']);
  writeFileSync(join(folder, 'config/.env.dev'), 'S3_BUCKET_PREFIX=prod\n');
  expect(() => runIn(undefined, process.execPath, ['--test', 'tests/environments.test.mjs'])).toThrow();
});

/** Another repository: scripts that a workflow starts by their path, values of one environment only, a password in a file. */
const SCRIPTS: Readonly<Record<string, string>> = {
  '.gitignore': '.env*\n',
  'config/.env.dev': 'BUCKET=raw-of-dev\nPASSWORD=hunter2-hunter2\n',
  'config/.env.prod': 'LOG_LEVEL=INFO\n',
  'etl/load.py': `import os
from dotenv import load_dotenv

load_dotenv("config/.env", override=True)
print("prod-bronze-zone", os.getenv("BUCKET"))
`,
  'scripts/list.mts': "console.log('prod-gold-zone');\n",
  'docker-compose.yml':
    'services:\n  a:\n    image: x\n    environment:\n      ZONE: s3://prod-bronze-zone\n      URL: postgres://u:hunter2secret@db.prod.example.com\n',
  '.github/workflows/etl.yml':
    'jobs:\n  deploy-prod:\n    runs-on: x\n    steps:\n      - run: python etl/load.py --bucket prod-bronze-zone\n',
};

async function migrateScripts(): Promise<string> {
  rmSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(SCRIPTS)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git('init', '--quiet');
  commit('as it was');
  const { code, stderr } = await migrate('--apply', '--name', 'etl');
  expect(code, stderr).toBe(0);
  return stderr;
}

it('A99 what was written agrees with the checks of Towpath, and the report shows no password', async () => {
  const report = await migrateScripts();
  for (const line of [
    '.github/workflows/etl.yml:5:42  prod-bronze-zone  (a workflow has none of the variables',
    'docker-compose.yml:6:12  postgres://***@db.prod.example.com  (it holds a password',
    'etl/load.py:4: load_dotenv("config/.env", override=True) reads a file of its own',
    'config/.env.prod: no value yet for BUCKET, PASSWORD',
  ])
    expect(report).toContain(line);
  expect(report).not.toContain('hunter2');
  for (const command of [
    ['config', 'example'],
    ['config', 'types'],
  ])
    expect((await runTowpath({ folder }, [...command, '--check'])).stdout).toMatch(/is up to date/);
  expect(await runTowpath({ folder }, ['parity', 'dev', 'prod'])).toMatchObject({ code: 0 });
  expect((await runTowpath({ folder }, ['config', 'validate', '--all'])).stdout).toBe('dev, prod: no problem.\n');
});

it('A99 scripts that are started by their path still start, and the new tests pass with what is known', async (context) => {
  const { path: python } = requirePart('dotenv', context);
  await migrateScripts();
  for (const environment of ['dev', 'prod']) {
    expect(runIn(environment, python, ['etl/load.py'])).toMatch(new RegExp(`^${environment}-bronze-zone `));
    expect(runIn(environment, process.execPath, ['scripts/list.mts'])).toBe(`${environment}-gold-zone\n`);
  }
  runIn(undefined, python, ['-m', 'unittest', 'tests.test_environments']);
  runIn(undefined, process.execPath, ['--test', 'tests/environments.test.mjs']);
  writeFileSync(join(folder, 'config/.env.dev'), 'S3_BUCKET_PREFIX=\n');
  expect(runIn('dev', python, ['etl/load.py'])).toMatch(/^dev-bronze-zone /);
  expect(runIn('dev', process.execPath, ['scripts/list.mts'])).toBe('dev-gold-zone\n');
});

it('a folder that is no repository, and one that says nothing of environments, is refused by name', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'towpath-migrate-'));
  const refused = await runTowpath({ folder: empty }, ['migrate']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('MIGRATE_NO_REPOSITORY') });
  execFileSync('git', ['-C', empty, 'init', '--quiet']);
  const unknown = await runTowpath({ folder: empty }, ['migrate']);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('--environments dev,staging,prod') });
  rmSync(empty, { recursive: true });
});
