// `towpath platform publish`: Towpath's own images, in a real registry and run by a real engine.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireDocker, requireRegistry } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const DEADLINE_MS = 240_000;
const docker = requireDocker();
const run = promisify(execFile);

let folder: string;
let registry: string;
/** A path in the registry of this test's own. */
let place: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-platform-'));
  await run(process.execPath, ['scripts/pack.ts', '--unpacked', join(folder, 'package')], { cwd: REPOSITORY });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
}, DEADLINE_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async (context) => {
  if (docker.reason !== undefined) context.skip(docker.reason);
  registry = requireRegistry(context).open;
  place = `${registry}/platform-test-${process.pid}`;
  rmSync(join(folder, 'project'), { recursive: true, force: true });
  write('towpath.yaml', `name: imaged\nenvironments:\n  int: { kind: shared, registry: ${place} }\n`);
  write('pipelines/none.ts', 'export const nothing = 1;\n');
  write('config/.env.example', 'TOKEN=\n');
  write('config/.env.int', 'TOKEN=canary-of-an-environment-file\n');
  write('.env', 'TOKEN=canary-of-an-environment-file\n');
  write('node_modules/left-pad/index.js', 'canary-of-node-modules\n');
  write('.npmrc', '//npm.example/:_authToken=canary-of-an-ignored-file\n');
  write('keys/account.json', 'canary-of-an-ignored-file\n');
  write('.gitignore', '.env*\n!.env.example\nnode_modules\n.npmrc\nkeys/\n');
  await git('init', '--quiet');
  await commit('first');
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, 'project', path)), { recursive: true });
  writeFileSync(join(folder, 'project', path), content);
}

async function git(...args: readonly string[]): Promise<void> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  await run('git', [...identity, ...args], { cwd: join(folder, 'project') });
}

async function commit(message: string): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
}

interface Published {
  readonly image: string;
  readonly digest: string;
  readonly isRepeated: boolean;
}

async function publish(...args: readonly string[]): Promise<readonly Published[]> {
  const program = join(folder, 'package', 'bin', 'towpath.cjs');
  const words = [program, 'platform', 'publish', '--environment', 'int', '--json', ...args];
  return JSON.parse((await run(process.execPath, words, { cwd: join(folder, 'project') })).stdout);
}

async function docked(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args])).stdout.trim();
}

it(
  'the same sources upon the same base give the same digests; a tag that is there with other bytes stays',
  async () => {
    const first = await publish('--tag', '1.0.0');
    expect(first.map(({ image }) => image.replace(/:[^:]*$/, ''))).toEqual([
      `${place}/platform/runner`,
      `${place}/platform/towpath`,
      `${place}/projects/imaged`,
    ]);
    const second = await publish('--tag', '1.0.0');
    expect(second.map(({ digest }) => digest)).toEqual(first.map(({ digest }) => digest));
    expect(second.every(({ isRepeated }) => isRepeated)).toBe(true);
    const upon = first[0]?.image ?? '';
    await expect(publish('--tag', '1.0.0', '--base', upon)).rejects.toThrow('IMAGE_TAG_TAKEN');
    expect((await publish('--tag', '1.0.1', '--base', upon))[0]?.digest).not.toBe(first[0]?.digest);
  },
  DEADLINE_MS,
);

it(
  'they run as nobody in particular, from a read-only file system, and hold no environment file, no installed package and nothing that Git ignores',
  async () => {
    const [runner = '', towpath = '', project = ''] = (await publish('--tag', '1.0.0')).map(({ image }) => image);
    const sealed = ['run', '--rm', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--network', 'none'];
    expect(await docked(...sealed, towpath, '--version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await docked(...sealed, '--entrypoint', 'id', towpath, '-u')).toBe('1000');
    expect(await docked(...sealed, runner, 'node', '--version')).toMatch(/^v2\d\./);
    const listed = await docked(...sealed, '--entrypoint', 'find', project, '/project', '-type', 'f');
    expect(listed.split('\n').sort()).toEqual([
      '/project/.gitignore',
      '/project/config/.env.example',
      '/project/pipelines/none.ts',
      '/project/towpath.yaml',
    ]);
    const labels = await docked('inspect', '--format', '{{json .Config.Labels}}', project);
    expect(JSON.parse(labels)).toMatchObject({
      'dev.towpath.project': 'imaged',
      'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    await docked('rmi', runner, towpath, project);
  },
  DEADLINE_MS,
);

it(
  'an image in a shared environment says which commit it is from, so changes without one are refused',
  async () => {
    write('pipelines/none.ts', 'export const nothing = 2;\n');
    await expect(publish('--tag', '1.0.0')).rejects.toThrow('PROJECT_UNCOMMITTED');
    await expect(publish('--tag', '1.0.0', '--project-tag', '2.0.0')).rejects.toThrow('PROJECT_UNCOMMITTED');
    await commit('second');
    for (const tags of [
      ['--tag', 'latest'],
      ['--project-tag', 'stable'],
    ])
      await expect(publish(...tags)).rejects.toThrow('IMAGE_TAG_FLOATING');
    rmSync(join(folder, 'project', '.git'), { recursive: true });
    await expect(publish('--tag', '1.0.0')).rejects.toThrow('PROJECT_TAG_MISSING');
  },
  DEADLINE_MS,
);
