// `make deploy` and `towpath up` as people use them: the local stack in containers of a real engine.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ListDatakits } from '@towpath/api';
import { type ProcessExit, requireDocker, spawnProcess, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findInstance, findMock, type InstanceRecord } from '../packages/cli/src/instance/instance-record.ts';
import { createTestClient } from './support/instance.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const PACKED = join(REPOSITORY, '.towpath', 'package', 'bin', 'towpath.cjs');
const DEADLINE_MS = 240_000;
const PARTS = ['agent', 'mock', 'postgres', 'registry', 'server'];

const docker = requireDocker();
const run = promisify(execFile);
const suite = describe.skipIf(docker.reason !== undefined);

let folder: string;
let state: string;
/** Containers that are none of the stack's. */
const foreigners: string[] = [];

interface Answer extends ProcessExit {
  readonly output: string;
}

async function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const started = await spawnProcess({ command, args, cwd: REPOSITORY, env: { ...process.env, ...env } });
  const exit = await started.waitForExit(DEADLINE_MS);
  return { ...exit, output: started.output() };
}

const make = (target: string, env?: NodeJS.ProcessEnv) => start('make', [target, `STATE=--state ${state}`], env);
const towpath = (...args: readonly string[]) => start(process.execPath, [PACKED, ...args]);

async function ask(...args: readonly string[]): Promise<string> {
  return (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

function getStack(): Extract<InstanceRecord, { readonly mode: 'containers' }> {
  const instance = findInstance(state);
  if (instance?.mode !== 'containers') throw new Error('no stack is recorded');
  return instance;
}

/** Names of the parts that run, by the stack's own label. */
async function listParts(): Promise<readonly string[]> {
  const id = JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')).id;
  const names = await ask('ps', '--filter', `label=dev.towpath.stack=${id}`, '--format', '{{.Names}}');
  return names
    .split('\n')
    .filter(Boolean)
    .map((name) => name.replace(/^towpath-[0-9a-f]+-/, ''))
    .sort();
}

async function count(table: string): Promise<unknown> {
  const { port } = getStack().warehouse;
  const client = new pg.Client(`postgres://bronze_user@127.0.0.1:${port}/bronze`);
  await client.connect();
  try {
    return (await client.query(`select count(*)::int as rows from ${table}`)).rows[0].rows;
  } finally {
    await client.end();
  }
}

function holdPort(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

suite(`the local stack in containers (${docker.reason ?? 'of a Docker engine'})`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'towpath-stack-'));
    state = join(folder, 'state');
  });
  afterAll(async () => {
    await make('stop');
    await towpath('stop', '--state', state, '--volumes');
    for (const foreign of foreigners) await ask('rm', '--force', foreign);
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(`state of the failed test: ${state}`);
  });

  it('A22 A94 docker: make dev-mock, then make deploy: registry, server, agent, warehouse and mock on one network, rows landed, no clash', async () => {
    const mock = await make('dev-mock');
    expect(mock, mock.output).toMatchObject({ code: 0 });
    const busy = await holdPort(8080);
    const deployed = await make('deploy', { TOWPATH_EXECUTOR: 'docker' });
    busy?.close();
    expect(deployed, deployed.output).toMatchObject({
      code: 0,
      output: expect.stringMatching(/succeeded: 56 rows landed/),
    });
    expect(deployed.output).toMatch(/port 8080 is busy, so the console is on \d+/);
    expect(findMock(state)).toBeDefined();
    expect(await listParts()).toEqual(PARTS);
    const networks = await ask('network', 'inspect', `towpath-${getStack().stack}`);
    for (const part of PARTS) expect(networks).toContain(`towpath-${getStack().stack}-${part}`);
    expect(await count('bronze.dbo_products')).toBe(16);
    expect(await ask('logs', 'datakit-sqlserver-bronze')).toMatch(/read = \d+ loaded/);
  });

  it('status, the run and its image by digest are told by the same commands as ever', async () => {
    const status = await make('status');
    expect(status, status.output).toMatchObject({ code: 0, output: expect.stringContaining('agent local') });
    const attempts = await towpath('attempts', '1', '--state', state, '--json');
    expect(attempts.code, attempts.output).toBe(0);
    expect(attempts.output).toMatch(/"executor": "docker"/);
    expect(attempts.output).toMatch(/localhost:\d+\/datakits\/sqlserver-bronze/);
    expect(attempts.output).toMatch(/"digest": "sha256:[0-9a-f]{64}"/);
    const cell = await waitFor('the inventory', 30_000, async () => {
      const { url, token } = getStack();
      const { datakits } = await createTestClient(url, token).call(ListDatakits);
      return datakits.find(({ name }) => name === 'sqlserver-bronze')?.environments[0];
    });
    // The registry is asked by the agent, and what ran is what it holds.
    expect(cell).toMatchObject({ observed: { source: 'registry' }, error: null, alerts: [] });
    expect(cell.newest?.digest).toBe(cell.lastRun?.image?.digest);
    const again = await make('deploy', { TOWPATH_EXECUTOR: 'docker' });
    expect(again, again.output).toMatchObject({ code: 0, output: expect.stringContaining('in containers') });
  });

  it('A48 docker: no password and no token of the stack is in what the engine tells of its containers', async () => {
    const { stack, token } = getStack();
    const { superuserPassword, statePassword } = JSON.parse(
      readFileSync(join(state, 'postgres', 'credentials.json'), 'utf8'),
    );
    const told = await ask('inspect', ...PARTS.map((part) => `towpath-${stack}-${part}`));
    for (const secret of [token, superuserPassword, statePassword, 'towpath_agent_'])
      expect(told).not.toContain(secret);
  });

  it.each(['agent', 'server', 'postgres', 'registry', 'mock'])(
    'A94 docker: the %s that is killed comes back by itself, and the next run succeeds',
    async (part) => {
      const name = `towpath-${getStack().stack}-${part}`;
      const pid = Number(await ask('inspect', '--format', '{{.State.Pid}}', name));
      process.kill(pid, 'SIGKILL');
      await waitFor(`${part} to run again`, 60_000, async () => {
        const [now, isRunning] = (await ask('inspect', '--format', '{{.State.Pid}} {{.State.Running}}', name)).split(
          ' ',
        );
        return Number(now) !== pid && Number(now) > 0 && isRunning === 'true';
      });
      const ran = await waitFor('a run to be taken', 60_000, async () => {
        const answer = await towpath('run', 'sqlserver-bronze', '--state', state);
        return answer.code === 0 ? answer : undefined;
      });
      expect(ran.output).toContain('succeeded');
    },
  );

  it('a part that somebody ended is started by up; an attempt beside the registry can not write to it', async () => {
    const { stack, registry } = getStack();
    await ask('kill', `towpath-${stack}-agent`);
    const again = await make('deploy', { TOWPATH_EXECUTOR: 'docker' });
    expect(again, again.output).toMatchObject({ code: 0, output: expect.stringContaining('Towpath is ready') });
    expect(await listParts()).toEqual(PARTS);
    const put = `fetch('http://registry:5000/v2/datakits/sqlserver-bronze/blobs/uploads/', { method: 'POST' }).then((reply) => process.exit(reply.status === 401 ? 0 : 1))`;
    await ask('run', '--rm', '--network', `towpath-${getStack().stack}`, docker.image, 'node', '-e', put);
    expect(getStack().registry, 'the same port again').toBe(registry);
  });

  it('stop ends all of it and nothing else, and keeps the data; up has it again; --volumes deletes it', async () => {
    const { stack } = getStack();
    const foreign = await ask('run', '--detach', docker.image, 'sleep', '1000');
    foreigners.push(foreign);
    await ask('network', 'connect', `towpath-${stack}`, foreign);
    const stopped = await make('stop');
    expect(stopped, stopped.output).toMatchObject({ code: 0, output: expect.stringContaining('The state is kept') });
    expect(await ask('ps', '-a', '--filter', `network=towpath-${stack}`, '--format', '{{.Names}}')).toBe('');
    expect(await ask('network', 'ls', '--filter', `name=towpath-${stack}`, '--format', '{{.Name}}')).toBe('');
    expect(findInstance(state)).toBeUndefined();
    expect(await ask('inspect', '--format', '{{.State.Running}}', foreign)).toBe('true');

    const project = join(REPOSITORY, 'examples', 'sqlserver-bronze');
    // Upon an image that only the engine has.
    const up = await towpath('up', '--project', project, '--state', state, '--base', docker.image);
    expect(up, up.output).toMatchObject({ code: 0 });
    expect(await count('bronze.dbo_products')).toBe(16);

    const gone = await towpath('stop', '--state', state, '--volumes');
    expect(gone, gone.output).toMatchObject({ code: 0 });
    expect(await ask('volume', 'ls', '--filter', `label=dev.towpath.stack=${stack}`, '--quiet')).toBe('');
  });

  it('a project keeps its state from its pipelines; stop finds the stack of a state folder that has gone', async () => {
    const project = join(folder, 'project');
    cpSync(join(REPOSITORY, 'examples', 'sqlserver-bronze'), project, { recursive: true });
    const up = await towpath('up', '--project', project);
    expect(up, up.output).toMatchObject({ code: 0 });
    const own = join(project, '.towpath');
    const { id } = JSON.parse(readFileSync(join(own, 'stack.json'), 'utf8'));
    expect(await ask('exec', `towpath-${id}-agent`, 'ls', '-A', '/project/.towpath')).toBe('');
    rmSync(own, { recursive: true });
    const stopped = await towpath('stop', '--state', own, '--volumes');
    expect(stopped, stopped.output).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    expect(await ask('ps', '-a', '--filter', `label=dev.towpath.stack=${id}`, '--format', '{{.Names}}')).toBe('');
  });

  it('up that is killed midway is ended by stop; a second up beside the first is refused', async () => {
    const project = ['--project', join(REPOSITORY, 'examples', 'sqlserver-bronze'), '--state', state];
    const up = await spawnProcess({ command: process.execPath, args: [PACKED, 'up', ...project], cwd: REPOSITORY });
    await up.waitForOutput(/starting postgres/, DEADLINE_MS);
    const second = await towpath('up', ...project);
    expect(second).toMatchObject({ code: 1, output: expect.stringContaining('INSTANCE_LOCKED') });
    expect(await listParts()).toContain('registry');
    await up.destroy();
    const stopped = await towpath('stop', '--state', state, '--volumes');
    expect(stopped, stopped.output).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    expect(await listParts()).toEqual([]);
  });

  it('what can not start says why and leaves nothing: no such base, no engine', async () => {
    const project = ['--project', join(REPOSITORY, 'examples', 'sqlserver-bronze'), '--state', state];
    const missing = await towpath('up', ...project, '--base', 'localhost:1/no/base:1');
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining('BASE_IMAGE_MISSING') });
    const alone = await start(process.execPath, [PACKED, 'up', ...project], { DOCKER_HOST: 'unix:///nowhere.sock' });
    expect(alone).toMatchObject({ code: 1, output: expect.stringContaining('ENGINE_UNREACHABLE') });
    expect(await listParts()).toEqual([]);
  });
});
