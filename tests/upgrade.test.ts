// From the version at the end of Morning to this one, with real processes and nothing standing still: tests/fixtures/README.md
// says where the old package comes from.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, ListRuns, type RunDetail, StartRun } from '@towpath/api';
import { dumpSchema, migrate } from '@towpath/server';
import {
  assertNoOrphans,
  createTestDatabase,
  type SpawnedProcess,
  spawnProcess,
  type TestDatabase,
  waitFor,
} from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestClient, runTowpath, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { addStepsDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { describeAttempts, verifySucceededRun } from './support/verify-run.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 300_000 });

const MORNING = fileURLToPath(new URL('./fixtures/towpath-morning.tgz', import.meta.url));
const PACKAGE = fileURLToPath(new URL('../packages/cli', import.meta.url));

/** Five seconds of work in three stages: always something in the middle of something. */
const SLOW = `import { datakitTask, definePipeline } from 'towpath';
const steps = (id: string, dependsOn: string[] = []) =>
  datakitTask({ id, datakit: 'steps', version: '1.0.0', command: 'steps 800', dependsOn });
export default definePipeline({
  name: 'slow',
  tasks: [steps('a'), steps('b', ['a']), steps('c', ['a']), steps('d', ['b', 'c'])],
});
`;

let project: TestProject;
let database: TestDatabase;
let processes: SpawnedProcess[];
let launcher: string;

beforeEach(async ({ onTestFailed }) => {
  processes = [];
  onTestFailed(() => {
    for (const process of processes) console.log(process.output().slice(-2000));
  });
  project = createTestProject('upgrade');
  mkdirSync(join(project.folder, 'morning'));
  execFileSync('tar', ['-xzf', MORNING, '-C', join(project.folder, 'morning')]);
  launcher = join(project.folder, 'morning', 'package', 'bin', 'towpath.cjs');
  addStepsDatakit(project);
  project.write('pipelines/slow.ts', SLOW);
  install(join(project.folder, 'morning', 'package'));
  database = await createTestDatabase({ template: 'empty' });
});

afterEach(async () => {
  for (const process of processes) await process.destroy();
  await assertNoOrphans(project.folder);
  await database.drop();
  project.remove();
});

/** The `towpath` that the project's pipelines import. */
function install(folder: string): void {
  const link = join(project.folder, 'node_modules', 'towpath');
  rmSync(link, { force: true });
  symlinkSync(folder, link);
}

async function spawnOld(args: readonly string[], env: Record<string, string> = {}): Promise<SpawnedProcess> {
  const words = [launcher, ...args];
  const spawned = await spawnProcess({ command: process.execPath, args: words, cwd: project.folder, env });
  processes.push(spawned);
  return spawned;
}

async function issueOld(args: readonly string[]): Promise<string> {
  const spawned = await spawnOld(['server', ...args, '--database-url', database.url]);
  expect(await spawned.waitForExit(60_000), spawned.output()).toMatchObject({ code: 0 });
  return spawned.stdout().trim();
}

interface Server {
  readonly process: SpawnedProcess;
  readonly url: string;
}

type Spawn = (args: readonly string[], env: Record<string, string>) => Promise<SpawnedProcess>;

async function startServer(spawn: Spawn, port: number): Promise<Server> {
  const process = await spawn(['server', '--port', String(port)], { TOWPATH_DATABASE_URL: database.url });
  const [, url = ''] = await process.waitForOutput(/listens on (\S+)/, 60_000);
  return { process, url };
}

const spawnNew: Spawn = async (args, env) => {
  const spawned = await spawnTowpath(project, args, env);
  processes.push(spawned);
  return spawned;
};

async function startAgent(spawn: Spawn, url: string, token: string): Promise<SpawnedProcess> {
  const agent = await spawn(['agent', '--name', 'one'], { TOWPATH_SERVER: url, TOWPATH_AGENT_TOKEN: token });
  await agent.waitForOutput(/pipelines loaded: slow/, 60_000);
  return agent;
}

/** By hand: the reply of an old server lacks what this version's client expects. */
async function startRunAt(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}${StartRun.path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ pipeline: 'slow', environment: 'local' }),
  });
  const { id }: { id: string } = JSON.parse(await response.text());
  return id;
}

async function query(text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return await client
    .query(text)
    .then(
      ({ rows }) => rows,
      () => [],
    )
    .finally(() => client.end());
}

async function waitForAttempts(runId: string, state: string): Promise<void> {
  await waitFor(`an attempt of ${runId} to be ${state}`, 60_000, async () => {
    const rows = await query(`select id from attempts where run_id = '${runId}' and state = '${state}'`);
    return rows.length > 0;
  });
}

async function verifyUndisturbed(client: Client, run: RunDetail): Promise<void> {
  await verifySucceededRun(client, run);
  for (const task of run.tasks) expect(task.attempts, describeAttempts(run)).toHaveLength(1);
}

describe('from the version of Morning', () => {
  it('servers, then agents are replaced while runs go on: no attempt is lost, repeated or disturbed', async () => {
    const old = await startServer(spawnOld, 0);
    const agentToken = await issueOld(['issue-agent-token', '--environment', 'local', '--agent', 'one']);
    const token = await issueOld(['issue-access-token', '--name', 'test', '--role', 'engineer']);
    const oldAgent = await startAgent(spawnOld, old.url, agentToken);
    const first = await startRunAt(old.url, token);
    await waitForAttempts(first, 'running');

    // The new server migrates under the old one, which works on.
    const beside = await startServer(spawnNew, 0);
    expect(await query('select max(version) > 3 as is_new from schema_migrations')).toEqual([{ is_new: true }]);
    const second = await startRunAt(old.url, token);
    await waitForAttempts(second, 'succeeded');
    expect((await createTestClient(beside.url, token).call(ListRuns, { query: {} })).runs).toHaveLength(2);

    // The old server goes, a new one takes its place; the old agent notices nothing but a pause.
    for (const { process } of [old, beside]) process.kill('SIGTERM');
    for (const { process } of [old, beside]) expect(await process.waitForExit(30_000)).toMatchObject({ code: 0 });
    const { url } = await startServer(spawnNew, Number(new URL(old.url).port));
    const client = createTestClient(url, token);
    const third = await startRunAt(url, token);
    for (const runId of [first, second, third]) await verifyUndisturbed(client, await waitForRunEnd(client, runId));
    expect(oldAgent.output()).toContain('server answers again');

    // The new agent adopts what the old one runs.
    const fourth = await startRunAt(url, token);
    await waitForAttempts(fourth, 'running');
    oldAgent.kill('SIGKILL');
    await oldAgent.waitForExit();
    install(PACKAGE);
    await startAgent(spawnNew, url, agentToken);
    const run = await waitForRunEnd(client, fourth);
    await verifyUndisturbed(client, run);
    const epochs = run.tasks.flatMap(({ attempts }) => attempts.map(({ epoch }) => epoch));
    expect(epochs.toSorted((a, b) => b - a)[0], describeAttempts(run)).toBe(2);
  });

  it('its database, migrated, has the schema of a fresh one, and its server refuses to start on it', async () => {
    const old = await startServer(spawnOld, 0);
    old.process.kill('SIGTERM');
    await old.process.waitForExit(30_000);
    expect(await migrate(database.url)).toMatchObject({ from: 3 });
    const fresh = await createTestDatabase({ template: 'state', migrate });
    expect(await dumpSchema(database.url)).toBe(await dumpSchema(fresh.url));
    await fresh.drop();
    const refused = await spawnOld(['server', '--port', '0', '--database-url', database.url]);
    expect(await refused.waitForExit(60_000)).toMatchObject({ code: 1 });
    expect(refused.stderr()).toContain('migrated by a newer Towpath');
    expect(refused.stderr()).toMatch(/version \d+, this program knows 3/);
  });

  it('a schema newer than this version is refused by `towpath server` with what to do', async () => {
    await migrate(database.url);
    await query(`insert into schema_migrations (version, name) values (9999, 'later')`);
    const { code, stderr } = await runTowpath(project, ['server', '--port', '0', '--database-url', database.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('SCHEMA_NEWER');
    expect(stderr).toContain('Use that newer version');
  });
});
