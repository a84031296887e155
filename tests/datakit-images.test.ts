// Datakits as images: built once, published, promoted by digest, on real registries and a real engine.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReportDatakits } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, requireDocker } from '@towpath/testkit';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer } from '../packages/server/src/testing/test-server.ts';
import { createImageProject, type ImageProject } from './support/image-project.ts';

const SQLSERVER = fileURLToPath(new URL('../datakits/sqlserver', import.meta.url));

let project: ImageProject;
/** Layers of base images, fetched once for all tests. */
const cache = mkdtempSync(join(tmpdir(), 'datakit-layers-'));
beforeEach((context) => {
  project = createImageProject(context);
});
afterEach(async () => {
  await project.clear('kit', 'sqlserver-bronze');
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const run = (line: string) => project.run(line, { XDG_CACHE_HOME: cache });
const git = (...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
    cwd: project.folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
const commit = (): void => {
  git('init', '--quiet');
  git('add', 'datakits');
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
};

/** `key` of what the command prints as JSON. */
async function ask(line: string, key: string): Promise<unknown> {
  const { code, out } = await run(`${line} --json`);
  expect(code, out).toBe(0);
  return Reflect.get(JSON.parse(out), key);
}
/** What the image is called in the engine. */
async function askNames(line: string): Promise<readonly string[]> {
  const names = await ask(line, 'names');
  return Array.isArray(names) ? names.map(String) : [];
}
const findId = (name: string): string =>
  execFileSync('docker', ['image', 'inspect', name, '--format', '{{.Id}}'], { encoding: 'utf8' }).trim();
const publish = (rest = '--environment int') =>
  ask(`datakit publish datakits/kit --base ${project.base} ${rest}`, 'digest');

async function writeKit(): Promise<void> {
  const { code, out } = await run('datakit new kit');
  expect(code, out).toBe(0);
}

const readManifest = (): string => readFileSync(join(project.folder, 'datakits/kit/datakit.yaml'), 'utf8');

function setVersion(version: string): void {
  project.write('datakits/kit/datakit.yaml', readManifest().replace(/^version: .*/m, `version: ${version}`));
}

test.each(['typescript', 'python', 'shell'])(
  'A13 a new datakit in %s is valid, its tests pass, and a broken one fails them',
  async (template) => {
    expect(await run(`datakit new kit --template ${template}`)).toMatchObject({ code: 0 });
    expect(await run('datakit validate datakits/kit')).toEqual({ code: 0, out: 'kit 0.1.0: nothing wrong.\n' });
    const tested = await run('datakit test datakits/kit');
    expect(tested.code, tested.out).toBe(0);
    expect(tested.out).toContain('kit 0.1.0: its tests passed.');
    const source = { typescript: 'src/count-lines.ts', python: 'src/count_lines.py', shell: 'bin/kit' }[template] ?? '';
    const path = join(project.folder, 'datakits/kit', source);
    writeFileSync(
      path,
      readFileSync(path, 'utf8')
        .replace("!== ''", "!== 'x'")
        .replace('if line or', 'if not line or')
        .replace('grep -c .', 'grep -c z'),
    );
    const broken = await run('datakit test datakits/kit');
    expect(broken.code, broken.out).not.toBe(0);
    expect(await run(`datakit new kit --template ${template}`)).toMatchObject({
      code: 1,
      out: expect.stringContaining('DATAKIT_FOLDER_TAKEN'),
    });
  },
);

test('A13 validate names every problem with its line, and the exit code is 1', async () => {
  await writeKit();
  project.write('datakits/kit/datakit.yaml', 'name: Kit\nversion: 1\nkind: x\ncommands: [absent]\nimages: {}\n');
  const { code, out } = await run('datakit validate datakits/kit');
  expect(code).toBe(1);
  for (const place of [
    'datakit.yaml:1  name',
    'datakit.yaml:2  version',
    'datakit.yaml:4  commands[0]',
    'datakit.yaml:5  images is unknown; did you mean image?',
  ])
    expect(out).toContain(place);
  expect(out).toContain('4 problems.');
});

test('A13 an image is built into the engine, labelled, and runs', async (context) => {
  const docker = requireDocker();
  if (docker.reason !== undefined) context.skip(docker.reason);
  await writeKit();
  commit();
  const revision = git('rev-parse', 'HEAD');
  project.write('elsewhere', 'x');
  const names = await askNames(`datakit build datakits/kit --base ${project.base}`);
  const [image = ''] = names;
  try {
    // The second is what an agent of `local` asks for.
    expect(names).toEqual(['datakits/kit:0.1.0', `${project.open}/${project.repositories}/local/datakits/kit:0.1.0`]);
    expect(new Set(names.map(findId)).size).toBe(1);
    const inspected = execFileSync('docker', ['image', 'inspect', image, '--format', '{{json .Config.Labels}}']);
    expect(JSON.parse(String(inspected))).toEqual({
      'dev.towpath.cpu': '0.5',
      'dev.towpath.datakit': 'kit',
      'dev.towpath.entry': 'node',
      'dev.towpath.memory': '256Mi',
      'dev.towpath.minimum-platform': '0.1.0',
      'org.opencontainers.image.description': 'Counts the lines of a text',
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.version': '0.1.0',
    });
    const words = ['run', '--rm', '--network=none', image, 'kit', '/opt/datakits/kit/package.json'];
    expect(execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('1 lines\n');
  } finally {
    execFileSync('docker', ['image', 'rm', '-f', ...names], { stdio: 'ignore' });
  }
});

test('A13 the SQL Server datakit runs in a container of its image', async (context) => {
  const docker = requireDocker();
  if (docker.reason !== undefined) context.skip(docker.reason);
  const names = await askNames(`datakit build ${SQLSERVER} --base ${project.base}`);
  const [image = ''] = names;
  try {
    const words = ['run', '--rm', '--network=none', image, 'datakit-sqlserver', '--help'];
    expect(execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toContain(
      'ingest-table',
    );
  } finally {
    execFileSync('docker', ['image', 'rm', '-f', ...names], { stdio: 'ignore' });
  }
});

test('A13 the same sources give the same digest, in another folder, at another time, under another umask', async () => {
  await writeKit();
  const digest = await ask(`datakit build datakits/kit --base ${project.base} --no-load`, 'digest');
  cpSync(join(project.folder, 'datakits/kit'), join(project.folder, 'other/place/kit'), { recursive: true });
  for (const file of ['datakit.yaml', 'bin/kit', 'src/main.ts'])
    utimesSync(join(project.folder, 'other/place/kit', file), 1, 1);
  execFileSync('chmod', ['-R', 'go-rwx', join(project.folder, 'other')]);
  expect(await ask(`datakit build other/place/kit --base ${project.base} --no-load`, 'digest')).toBe(digest);
  project.write('other/place/kit/src/count-lines.ts', 'export const countLines = (): number => 0;\n');
  expect(await ask(`datakit build other/place/kit --base ${project.base} --no-load`, 'digest')).not.toBe(digest);
});

test('A13 a script whose interpreter the base image lacks is refused when it is built', async () => {
  await run('datakit new kit --template python');
  const built = await run(`datakit build datakits/kit --base ${project.base} --no-load`);
  expect(built).toMatchObject({ code: 1, out: expect.stringContaining('IMAGE_INTERPRETER_MISSING') });
  expect(built.out).toContain('It takes python3 to start it');
});

test('A13 a base image that is not to be had is named, with how to choose another', async () => {
  await writeKit();
  const absent = project.base.replace(/:node$/, ':absent');
  const locked = `${project.guarded}/${project.repositories}/base:1`;
  for (const base of ['localhost:1/no/base:1', absent, locked]) {
    const env = { XDG_CACHE_HOME: cache, DOCKER_CONFIG: '/nowhere' };
    const { code, out } = await project.run(`datakit build datakits/kit --base ${base} --no-load`, env);
    expect(code).toBe(1);
    expect(out).toContain(`error BASE_IMAGE_MISSING: The base image ${base} is not to be had.`);
    expect(out).toContain('`image.base` of datakit.yaml, or `--base` above it.');
    expect(out.includes(`docker login ${project.guarded}`)).toBe(base === locked);
  }
});

test('A13 an entry that the base image lacks is refused, too', async () => {
  await writeKit();
  project.write('datakits/kit/datakit.yaml', readManifest().replace('entry: node', 'entry: sh'));
  const built = await run(`datakit build datakits/kit --base ${project.base} --no-load`);
  expect(built).toMatchObject({ code: 1, out: expect.stringContaining('IMAGE_INTERPRETER_MISSING') });
  expect(
    await run(`datakit build datakits/kit --base ${project.base.replace(':node', ':shell')} --no-load`),
  ).toMatchObject({
    code: 1,
    out: expect.stringContaining('It takes node to start it'),
  });
});

test('A13 a datakit in shell runs in a container of its image', async (context) => {
  const docker = requireDocker();
  if (docker.reason !== undefined) context.skip(docker.reason);
  await run('datakit new kit --template shell');
  const names = await askNames(`datakit build datakits/kit --base ${project.base.replace(':node', ':shell')}`);
  const [image = ''] = names;
  try {
    const words = ['run', '--rm', '--network=none', image, 'kit', '/opt/datakits/kit/datakit.yaml'];
    const lines = readManifest().trimEnd().split('\n').length;
    expect(execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
      `${lines} lines\n`,
    );
  } finally {
    execFileSync('docker', ['image', 'rm', '-f', ...names], { stdio: 'ignore' });
  }
});

test('A14 an image is <registry of the environment>/datakits/<name>:<version>, at registry.localhost and at localhost', async () => {
  await writeKit();
  const places = {
    local: `${project.open}/${project.repositories}/local`,
    int: `${project.open}/${project.repositories}/int`,
  };
  for (const [environment, place] of Object.entries(places)) {
    const image = await ask(
      `datakit publish datakits/kit --base ${project.base} --environment ${environment}`,
      'image',
    );
    expect(image).toBe(`${place}/datakits/kit:0.1.0`);
    const found = await fetch(`http://${place.replace('/', '/v2/')}/datakits/kit/manifests/0.1.0`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    expect(found.status).toBe(200);
  }
});

test('A14 a registry without a login is told, with what to do', async () => {
  await writeKit();
  const env = { XDG_CACHE_HOME: cache, DOCKER_CONFIG: '/nowhere' };
  const refused = await project.run(`datakit publish datakits/kit --base ${project.base} --environment qa`, env);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('REGISTRY_UNAUTHORISED') });
  expect(refused.out).toContain(`docker login ${project.guarded}`);
});

test('A15 a tag that moves is taken where the environment declares it, and nowhere else', async () => {
  await writeKit();
  const digest = await publish('--environment int --tag development');
  setVersion('0.2.0');
  const next = await publish('--environment int --tag development');
  expect(next).not.toBe(digest);
  expect((await run('datakit inspect kit:development')).out).toContain(String(next));
  for (const line of [
    `datakit publish datakits/kit --base ${project.base} --environment int --tag latest`,
    `datakit publish datakits/kit --base ${project.base} --environment qa --tag development`,
    'datakit promote kit:development --to qa',
    'datakit promote kit:latest --to prod',
    'datakit promote kit:0.2 --to prod',
  ])
    expect(await run(line)).toMatchObject({ code: 1, out: expect.stringContaining('IMAGE_TAG_FLOATING') });
});

test('A15 an environment of kind production can declare no tag that moves', async () => {
  project.write('towpath.yaml', 'name: x\nenvironments: { prod: { kind: production, floatingTags: [stable] } }\n');
  expect(await run('datakit list')).toMatchObject({
    code: 1,
    out: expect.stringContaining('exact versions and digests alone'),
  });
});

test('A16 a release whose Git tag, manifest and label disagree is refused, and one that agrees is published', async () => {
  await writeKit();
  commit();
  git('tag', 'datakit-kit-v0.1.1');
  const line = `datakit publish datakits/kit --base ${project.base} --environment int`;
  const refused = await run(line);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('DATAKIT_VERSION_CONFLICT') });
  expect(refused.out).toContain('the Git tag datakit-kit-v0.1.1 says 0.1.1');
  git('tag', '--delete', 'datakit-kit-v0.1.1');
  git('tag', 'datakit-kit-v0.1.0');
  expect(await run(line)).toMatchObject({ code: 0 });
});

test('A16 what no commit holds is not published to others', async () => {
  await writeKit();
  commit();
  project.write('datakits/kit/src/count-lines.ts', 'export const countLines = (): number => 0;\n');
  const line = `datakit publish datakits/kit --base ${project.base} --environment`;
  expect(await run(`${line} int`)).toMatchObject({ code: 1, out: expect.stringContaining('DATAKIT_UNCOMMITTED') });
  expect(await run(`${line} local`)).toMatchObject({ code: 0 });
});

test('A16 a repository that has no commit yet holds nothing, and one whose commits leave the datakit out does not hold it', async () => {
  await writeKit();
  const line = `datakit publish datakits/kit --base ${project.base} --environment`;
  git('init', '--quiet');
  const refused = { code: 1, out: expect.stringContaining('DATAKIT_UNCOMMITTED') };
  expect(await run(`${line} int`)).toMatchObject(refused);
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
  expect(await run(`${line} int`)).toMatchObject(refused);
  expect(await run(`${line} local`)).toMatchObject({ code: 0 });
});

test('A17 a version is one content: another is refused under it, the same is not pushed twice', async () => {
  await writeKit();
  const digest = await publish();
  expect(await ask(`datakit publish datakits/kit --base ${project.base} --environment int`, 'isRepeated')).toBe(true);
  project.write('datakits/kit/src/count-lines.ts', 'export const countLines = (): number => 0;\n');
  const refused = await run(`datakit publish datakits/kit --base ${project.base} --environment int`);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('DATAKIT_VERSION_TAKEN') });
  expect(await ask('datakit list', '0')).toBeDefined();
  expect((await run('datakit inspect kit:0.1.0')).out).toContain(String(digest));
});

test('A17 promotion brings the tested digest through all environments, by version and by digest', async () => {
  await writeKit();
  const digest = await publish();
  expect(await ask('datakit promote kit:0.1.0 --to qa', 'digest')).toBe(digest);
  const report = JSON.parse((await run(`datakit promote kit@${digest} --to prod --json`)).out);
  expect(report).toMatchObject({ from: 'qa', to: 'prod', version: '0.1.0', digest });
  const { out } = await run(`datakit inspect kit@${digest}`);
  for (const environment of ['int', 'qa', 'prod']) expect(out).toContain(`${environment}: ${digest}`);
  setVersion('0.2.0');
  await publish();
  const missing = await run('datakit promote kit:0.2.0 --to prod --from qa');
  expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('IMAGE_MISSING') });
});

test('A17 nothing is published to production, and nothing promoted against the order', async () => {
  await writeKit();
  const refused = await run(`datakit publish datakits/kit --base ${project.base} --environment prod`);
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('PUBLISH_TO_PRODUCTION') });
  const backwards = await run('datakit promote kit:0.1.0 --from prod --to qa');
  expect(backwards).toMatchObject({ code: 1, out: expect.stringContaining('PROMOTION_ORDER_WRONG') });
});

test('A19 the inventory shows version and digest of each environment, drift, and what needs a newer platform', async () => {
  await writeKit();
  const digest = String(await publish());
  await run('datakit promote kit:0.1.0 --to qa');
  setVersion('0.2.0');
  await publish();
  const calm = await run('datakit list');
  expect(calm.code, calm.out).toBe(0);
  expect(calm.out).toMatch(
    new RegExp(`^kit +0.2.0 +– +0.2.0 sha256:\\w{12} +0.1.0 ${digest.slice(0, 19)} behind +– *$`, 'm'),
  );
  // Somebody built again for qa, past promotion.
  project.write('datakits/kit/src/count-lines.ts', 'export const countLines = (): number => 0;\n');
  await publish('--environment qa');
  project.write(
    'datakits/kit/datakit.yaml',
    readFileSync(join(project.folder, 'datakits/kit/datakit.yaml'), 'utf8')
      .replace('minimumPlatform: 0.1.0', 'minimumPlatform: 7.0.0')
      .replace('0.2.0', '0.3.0'),
  );
  await publish('--environment qa');
  const alarmed = await run('datakit list');
  expect(alarmed.code).toBe(1);
  expect(alarmed.out).toContain('✗ kit in qa: 0.3.0 did not come by promotion: int does not have it.');
  expect(alarmed.out).toContain('✗ kit in qa: 0.3.0 needs Towpath 7.0.0, and 0.1.0 would run it.');
  setVersion('0.4.0');
  await publish('--environment int');
  project.write('datakits/kit/src/count-lines.ts', 'export const countLines = (): number => 1;\n');
  await publish('--environment qa');
  const inspected = await run('datakit inspect kit --json');
  expect(inspected.code).toBe(1);
  const qa = JSON.parse(inspected.out).find(({ environment }: { environment: string }) => environment === 'qa');
  expect(qa).toMatchObject({
    versions: ['0.4.0', '0.3.0', '0.2.0', '0.1.0'],
    alerts: [{ code: 'digest-differs', version: '0.4.0', from: 'int' }, { code: 'platform-too-old' }],
  });
});

test('A19 a registry that can not be asked is told, and hides no other', async () => {
  await writeKit();
  await publish();
  const { out } = await project.run('datakit inspect kit', { DOCKER_CONFIG: '/nowhere' });
  expect(out).toContain('· kit in qa: not known.');
  expect(out).toMatch(/^int +0\.1\.0/m);
  expect(out).toMatch(/^qa +\? /m);
});

test('A19 neither does one hide an image that others have', async () => {
  await writeKit();
  const digest = await publish();
  const declared = readFileSync(join(project.folder, 'towpath.yaml'), 'utf8');
  project.write('towpath.yaml', declared.replace(/(local: .*registry: )"[^"]*"/, '$1"registry.localhost:1"'));
  const { code, out } = await run('datakit inspect kit:0.1.0');
  expect(code, out).toBe(0);
  expect(out).toContain(`int: ${digest}`);
  expect(out).toContain('local: ?\n· kit in local: not known. The registry localhost:1 does not answer.\n');
  expect(JSON.parse((await run('datakit inspect kit:0.1.0 --json')).out)).toMatchObject([
    { environment: 'local', error: { code: 'REGISTRY_UNREACHABLE' } },
    { environment: 'int', digest },
  ]);
  const missing = await run('datakit inspect kit:9.9.9');
  expect(missing).toMatchObject({ code: 1, out: expect.stringContaining('IMAGE_MISSING') });
  expect(missing.out).toContain('local could not be asked: The registry localhost:1 does not answer.');
  project.write('towpath.yaml', 'name: x\nenvironments: { int: { kind: shared, registry: "localhost:1" } }\n');
  const unknown = await run('datakit inspect kit:0.1.0');
  expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('REGISTRY_UNREACHABLE') });
});

test('A19 where a server is known, what ran last and the versions of agents are looked at, too', async () => {
  await writeKit();
  await publish();
  const t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  try {
    const runTask = buildTask('one', { datakit: { name: 'kit', version: '0.1.0' } });
    await startRunOf(t, [runTask]);
    const agent = await openSimulatedAgent(t.agent);
    const image = { reference: 'kit:0.1.0', digest: `sha256:${'f'.repeat(64)}` };
    await agent.finish(await agent.claim(), {
      executedMs: 1,
      execution: { executor: 'docker', decidedBy: 'x', image },
    });
    const datakits = [{ name: 'kit', named: ['0.1.0', '9.9.9'], versions: [], error: null }];
    const body = { source: 'registry', platformVersion: '0.0.9', memoryMiB: null } as const;
    await t.agent.call(ReportDatakits, { params: { sessionId: agent.sessionId }, body: { ...body, datakits } });
    const variables = { XDG_CACHE_HOME: cache, TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.viewer };
    const { code, out } = await project.run('datakit list', variables);
    expect(code).toBe(1);
    expect(out).toContain('✗ kit in int: 9.9.9 is named by pipelines, and is not there.');
    expect(out).toContain(
      '✗ kit in int: 0.1.0 is not the content that ran last under this version (sha256:ffffffffffff).',
    );
    expect(out).toContain('✗ kit in int: 0.1.0 needs Towpath 0.1.0, and 0.0.9 would run it.');
    const listed = JSON.parse((await project.run('datakit list --json', variables)).out);
    const kit = listed.find(({ name }: { name: string }) => name === 'kit');
    expect(kit.environments[1]).toMatchObject({
      ...{ environment: 'int', platformVersion: '0.0.9', named: ['0.1.0', '9.9.9'] },
      lastRun: { version: '0.1.0', digest: image.digest },
    });
    // Registries are looked at all the same.
    const away = await project.run('datakit list', { ...variables, TOWPATH_SERVER: 'http://127.0.0.1:1' });
    expect(away).toMatchObject({ code: 0, out: expect.stringContaining('The server was not asked.') });
    expect(away.out).toMatch(/^kit +0.1.0 +– +0.1.0 sha256:/m);
  } finally {
    await t.close();
  }
});
