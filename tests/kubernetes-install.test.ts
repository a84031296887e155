// docs/reference/kubernetes-install.md on a real cluster: server and agent as the shipped manifests make them.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient, GetRun, ListEnvironments, ListPipelines, type RunDetail, StartRun } from '@towpath/api';
import {
  createTestDatabase,
  requireDocker,
  requireKubernetes,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
  waitFor,
} from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServerPort } from '../packages/cli/src/embedded-postgres/server-port.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(join(REPOSITORY, 'docs/reference/kubernetes-install.md'), 'utf8');
const DEADLINE_MS = 240_000;

const cluster = requireKubernetes();
const docker = requireDocker();
const run = promisify(execFile);
const registry = cluster.registry ?? { host: '', username: '', password: '' };
const namespace = `towpath-install-${process.pid}`;
/** A tag of this test's own: a version is one content for ever, and this one changes with every edit. */
const VERSION = `0.0.${process.pid}`;
const GREETER = `1.0.${process.pid}`;
const suite = describe.skipIf(cluster.reason !== undefined || docker.reason !== undefined);

let folder: string;
let database: TestDatabase;
let proxy: TcpProxy;
let forward: ChildProcess | undefined;
let client: ReturnType<typeof createClient>;
let port: number;
let tag: string;

const kubectl = async (...args: readonly string[]): Promise<string> =>
  (await run(cluster.kubectl, ['--namespace', namespace, ...args])).stdout;

async function towpath(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, DOCKER_CONFIG: join(folder, 'docker') };
  const cwd = join(folder, 'project');
  const program = join(folder, 'package', 'bin', 'towpath.cjs');
  return (await run(process.execPath, [program, ...args], { cwd, env })).stdout;
}

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { mode });
}

/** A file of the page, with this test's names in place of the example's. */
function writeFromPage(path: string): void {
  const block = new RegExp(`\`\`\`yaml\n# ${path}\n([^]*?)\`\`\``).exec(PAGE)?.[1] ?? '';
  const text = block
    .replaceAll('finks-qa', namespace)
    .replaceAll('registry.qa.example.com', registry.host)
    .replace('platform/towpath, newTag: 0.1.0', `platform/towpath, newTag: ${VERSION}`)
    .replace('projects/finks, newTag: 0f3c5e8a91b2-0.1.0', `projects/installed, newTag: ${tag}`)
    .replace('TOWPATH_ALLOWED_HOSTS=towpath-server', `"TOWPATH_ALLOWED_HOSTS=towpath-server,127.0.0.1:${port}"`);
  write(path, text);
}

function writeProject(): void {
  write(
    'project/towpath.yaml',
    `name: installed
environments:
  qa:
    kind: shared
    executor: kubernetes
    registry: ${registry.host}
    namespace: ${namespace}
    runnerImage: ${registry.host}/platform/runner:${VERSION}
    kubernetes: { imagePullSecrets: [registry] }
variables:
  GREETING: { type: string, required: true }
`,
  );
  write('project/config/.env.qa', 'GREETING=good evening\n');
  write('project/config/.env.example', 'GREETING=\n');
  write('project/package.json', '{ "type": "module", "private": true }\n');
  // More than goes with a Secret: the Pod fetches its code by the name of the server's Service.
  write('project/lib/words.ts', `export const WORDS = '${'x'.repeat(300_000)}';\n`);
  write(
    'project/pipelines/greet.ts',
    `import { datakitTask, definePipeline, functionTask } from 'towpath';
import { WORDS } from '../lib/words.ts';
export default definePipeline({
  name: 'greet',
  tasks: [
    datakitTask({ id: 'greet', datakit: 'greeter', version: '${GREETER}', command: 'greet' }),
    functionTask({ id: 'count', dependsOn: ['greet'], inputs: ['greet'], run: ({ inputs }) => ({ letters: inputs.greet.letters, words: WORDS.length }) }),
    datakitTask({ id: 'waits', dependsOn: ['count'], datakit: 'greeter', version: '${GREETER}', command: 'greet slowly' }),
  ],
});
`,
  );
  write(
    'project/datakits/greeter/datakit.yaml',
    `name: greeter
version: ${GREETER}
kind: example
description: Greets
commands: [greet]
executableFolder: bin
image: { base: "${process.env.TOWPATH_BASE_IMAGE ?? 'debian:bookworm-slim'}", entry: sh, files: [] }
environment: [{ name: GREETING, required: true, description: "What it says" }]
`,
  );
  write(
    'project/datakits/greeter/bin/greet',
    `#!/bin/sh
echo "$GREETING"
if [ "$1" = slowly ]; then sleep 15; fi
printf '{"letters":%d}' "$(printf %s "$GREETING" | wc -c)" > "$TOWPATH_RESULT"
`,
    0o755,
  );
}

/** A cluster without a StorageClass has nobody who makes volumes. */
async function provideVolume(): Promise<void> {
  if ((await kubectl('get', 'storageclass', '--output', 'name')).trim() !== '') return;
  mkdirSync(join(folder, 'volume'));
  chmodSync(join(folder, 'volume'), 0o777);
  chmodSync(folder, 0o755);
  write(
    'volume.yaml',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: namespace },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: join(folder, 'volume') },
        claimRef: { namespace, name: 'state-towpath-agent-0' },
      },
    }),
  );
  await kubectl('apply', '--filename', join(folder, 'volume.yaml'));
}

async function installImages(): Promise<void> {
  await run(process.execPath, ['scripts/pack.ts', '--unpacked', join(folder, 'package')], { cwd: REPOSITORY });
  // Where npm would have put them.
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  write('docker/config.json', JSON.stringify({ auths: { [registry.host]: { auth } } }));
  const git = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  await run('git', ['init', '--quiet'], { cwd: join(folder, 'project') });
  write('project/.gitignore', '.env.*\n!.env.example\n');
  await run('git', ['add', '--all'], { cwd: join(folder, 'project') });
  await run('git', [...git, 'commit', '--quiet', '--message', 'first'], { cwd: join(folder, 'project') });
  const { stdout } = await run('git', ['rev-parse', 'HEAD'], { cwd: join(folder, 'project') });
  tag = `${stdout.trim().slice(0, 12)}-${VERSION}`;
  await towpath('platform', 'publish', '--environment', 'qa', '--tag', VERSION);
  await towpath('datakit', 'publish', 'datakits/greeter', '--environment', 'qa');
  const login = [`--docker-server=${registry.host}`, `--docker-username=${registry.username}`];
  await kubectl('create', 'secret', 'docker-registry', 'registry', ...login, `--docker-password=${registry.password}`);
}

function forwardServer(): void {
  forward?.kill();
  const words = ['--namespace', namespace, 'port-forward', 'service/towpath-server', `${port}:8080`];
  forward = spawn(cluster.kubectl, words);
}

async function installServer(): Promise<void> {
  const address = cluster.host ?? '0.0.0.0';
  const { hostname, port: databasePort, username, password, pathname } = new URL(database.url);
  proxy = await startTcpProxy({ host: address, target: () => ({ host: hostname, port: Number(databasePort) }) });
  const url = `postgres://${username}:${password}@${address}:${proxy.port}${pathname}`;
  await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', join(folder, 'audit-key.pem')]);
  const key = `--from-file=${join(folder, 'audit-key.pem')}`;
  await kubectl('create', 'secret', 'generic', 'towpath-server', `--from-literal=database-url=${url}`, key);
  writeFromPage('server/kustomization.yaml');
  await kubectl('apply', '--kustomize', join(folder, 'server'));
  await kubectl('rollout', 'status', 'deployment/towpath-server', '--timeout=120s');
  forwardServer();
  const token = (
    await towpath(
      'server',
      'issue-access-token',
      '--database-url',
      database.url,
      '--name',
      'me',
      '--role',
      'administrator',
    )
  ).trim();
  const headers = { authorization: `Bearer ${token}` };
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, headers: () => headers });
  await waitFor('the server to answer', 30_000, async () => (await client.call(ListEnvironments)) !== undefined);
}

async function installAgent(): Promise<void> {
  const words = ['--environment', 'qa', '--kind', 'shared', '--agent', 'qa', '--database-url', database.url];
  const token = (await towpath('server', 'issue-agent-token', ...words)).trim();
  await kubectl('create', 'secret', 'generic', 'towpath-agent', `--from-literal=token=${token}`);
  const file = join(folder, 'project', 'config', '.env.qa');
  await kubectl('create', 'secret', 'generic', 'towpath-environment', `--from-file=.env.qa=${file}`);
  await provideVolume();
  writeFromPage('agent/kustomization.yaml');
  await kubectl('apply', '--kustomize', join(folder, 'agent'));
}

async function findPipeline(): Promise<boolean> {
  const { pipelines } = await client.call(ListPipelines, { query: { environment: 'qa' } });
  return pipelines.some(({ name }) => name === 'greet');
}

async function start(): Promise<string> {
  return (await client.call(StartRun, { body: { pipeline: 'greet', environment: 'qa' } })).id;
}

const getRun = (runId: string): Promise<RunDetail> => client.call(GetRun, { params: { runId } });

async function waitForEnd(runId: string): Promise<RunDetail> {
  return await waitFor('the run to end', 120_000, async () => {
    const found = await getRun(runId);
    return ['succeeded', 'failed', 'errored', 'cancelled'].includes(found.state) && found;
  });
}

suite(`Towpath in a cluster (${cluster.reason ?? 'a real one'})`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'towpath-install-'));
    symlinkSync(REPOSITORY, join(folder, 'towpath'));
    database = await createTestDatabase({ template: 'empty' });
    port = (await findServerPort(0)).port;
    await run(cluster.kubectl, ['create', 'namespace', namespace]);
    writeProject();
    await installImages();
    await installServer();
    await installAgent();
  }, DEADLINE_MS);

  afterAll(async () => {
    await kubectl('delete', 'statefulset,deployment', '--all', '--wait=true').catch(() => undefined);
    await kubectl('delete', 'jobs', '--all', '--wait=true').catch(() => undefined);
    await run(cluster.kubectl, ['delete', 'namespace', namespace, '--wait=true']).catch(() => undefined);
    await run(cluster.kubectl, ['delete', 'persistentvolume', namespace, '--ignore-not-found']).catch(() => undefined);
    forward?.kill();
    await proxy?.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  }, DEADLINE_MS);

  it(
    'A20 kubernetes: an agent in the cluster, with the shipped rights, runs commands and functions as Jobs',
    async () => {
      await waitFor('the pipeline to be registered', 90_000, findPipeline);
      const ended = await waitForEnd(await start());
      expect(ended.state, JSON.stringify(ended.tasks, null, 2)).toBe('succeeded');
      const attempts = ended.tasks.flatMap((task) => task.attempts);
      expect(attempts.map(({ execution }) => execution?.executor)).toEqual(['kubernetes', 'kubernetes', 'kubernetes']);
      expect(attempts.map(({ execution }) => execution?.image?.reference)).toEqual([
        expect.stringContaining(`${registry.host}/datakits/greeter`),
        expect.stringContaining(`${registry.host}/platform/runner`),
        expect.stringContaining(`${registry.host}/datakits/greeter`),
      ]);
      expect(ended.tasks.find(({ id }) => id === 'count')?.attempts[0]?.result).toEqual({
        letters: 12,
        words: 300_000,
      });
    },
    DEADLINE_MS,
  );

  it(
    'A25 kubernetes: the Pods of agent and server go while a Job runs: it is taken over, one result',
    async () => {
      const runId = await start();
      await waitFor('the slow task to run', 90_000, async () => {
        const { tasks } = await getRun(runId);
        return tasks.some(({ id, state }) => id === 'waits' && state === 'running');
      });
      await kubectl(
        'delete',
        'pod',
        '--selector',
        'app.kubernetes.io/name in (towpath-agent,towpath-server)',
        '--grace-period=0',
        '--force',
      );
      await kubectl('rollout', 'status', 'deployment/towpath-server', '--timeout=120s');
      // A port-forward ends with its Pod.
      forwardServer();
      const ended = await waitFor('the run to be read', 60_000, () => waitForEnd(runId));
      expect(ended.state, JSON.stringify(ended.tasks, null, 2)).toBe('succeeded');
      expect(ended.tasks.flatMap((task) => task.attempts)).toHaveLength(3);
    },
    DEADLINE_MS,
  );

  it('the manifests pass a server dry run, and applying them again changes nothing', async () => {
    for (const part of ['server', 'agent']) {
      await kubectl(
        'apply',
        '--server-side',
        '--force-conflicts',
        '--dry-run=server',
        '--kustomize',
        join(folder, part),
      );
      await kubectl('apply', '--kustomize', join(folder, part));
      // Exit code 1, and so an error, where something differs.
      await kubectl('diff', '--kustomize', join(folder, part));
    }
  });

  it('none of its Pods has rights it does not need, and nothing of a secret is in their description', async () => {
    const pods = JSON.parse(await kubectl('get', 'pods', '--selector', 'app.kubernetes.io/name', '--output', 'json'));
    const text = JSON.stringify(pods);
    expect(text).not.toContain(new URL(database.url).password);
    for (const { spec } of pods.items) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
      for (const { securityContext } of spec.containers)
        expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    }
    const can = (verb: string, what: string) =>
      kubectl('auth', 'can-i', verb, what, '--as', `system:serviceaccount:${namespace}:towpath-agent`).catch(
        () => 'no',
      );
    expect((await can('get', 'secrets')).trim()).toBe('no');
    expect((await can('create', 'jobs')).trim()).toBe('yes');
  });
});
