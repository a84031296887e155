// What terminals and impatient people do to `dev`: close the window, kill it while it starts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { assertNoOrphans, findLeftovers, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findInstance } from '../packages/cli/src/instance/instance-record.ts';
import { runTowpath, spawnTowpath } from './support/instance.ts';
import { createTestProject, type TestProject, TOWPATH } from './support/test-project.ts';

const FREE_PORTS = ['--console-port', '0', '--postgres-port', '0', '--mock-port', '0'];

let project: TestProject;

beforeEach(() => {
  project = createTestProject('terminal');
});

afterEach(async () => {
  await runTowpath(project, ['stop']);
  await assertNoOrphans(project.folder);
  project.remove();
});

it('a terminal that goes away ends dev and everything it started', async () => {
  const args = [TOWPATH, 'dev', ...FREE_PORTS];
  const dev = spawn(process.execPath, args, { cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await waitFor('the instance to run', 60_000, () => findInstance(project.stateFolder));
  dev.stdout.destroy();
  dev.stderr.destroy();
  const ended = new Promise<number | null>((resolve) => dev.once('exit', resolve));
  dev.kill('SIGHUP');
  expect(await ended).toBe(0);
  await assertNoOrphans(project.folder);
});

it('busy ports are explained, others are chosen, and every printed line follows them', async () => {
  const busy = await Promise.all([listen(), listen(), listen()]);
  const [console, postgres, mock] = busy.map((server) => portOf(server));
  const ports = ['--console-port', `${console}`, '--postgres-port', `${postgres}`, '--mock-port', `${mock}`];
  const dev = await spawnTowpath(project, ['dev', ...ports]);
  await dev.waitForOutput(/Stop {5}.*\n/, 60_000);
  const record = findInstance(project.stateFolder);
  expect(dev.output()).toContain(`port ${postgres} is busy, so PostgreSQL listens on ${record?.warehouse.port}`);
  expect(dev.output()).toContain(`port ${mock} is busy, so the mock SQL Server listens on ${record?.mock.port}`);
  expect(dev.output()).toContain(`port ${console} is busy, so the console is on ${new URL(record?.url ?? '').port}`);
  expect(dev.output()).toContain(`psql -h localhost -p ${record?.warehouse.port} -U bronze_user`);
  expect(dev.output()).toContain(`Console  ${record?.url}/open#`);
  dev.kill('SIGINT');
  await dev.waitForExit(30_000);
  for (const server of busy) server.close();
});

it('an agent whose server is away ends when it is asked to', async () => {
  const env = { TOWPATH_AGENT_TOKEN: 'towpath_agent_x', TOWPATH_SERVER: 'http://127.0.0.1:9' };
  const agent = await spawnTowpath(project, ['agent'], env);
  await agent.waitForOutput(/No server answers|server/i, 30_000);
  agent.kill('SIGTERM');
  expect(await agent.waitForExit(10_000)).toEqual({ code: 0, signal: null });
});

it('killed while it starts, it leaves nothing that stop does not end', async () => {
  const dev = await spawnTowpath(project, ['dev', ...FREE_PORTS]);
  const pidFile = join(project.stateFolder, 'postgres', 'data', 'postmaster.pid');
  await waitFor('PostgreSQL to be started', 30_000, () => existsSync(pidFile));
  dev.kill('SIGKILL');
  await dev.waitForExit();
  expect(await runTowpath(project, ['stop'])).toMatchObject({ code: 0 });
  await assertNoOrphans(project.folder);
});

it('doctor knows a PostgreSQL that a killed instance left, and a second signal does not wait', async () => {
  const dev = await spawnTowpath(project, ['dev', ...FREE_PORTS]);
  await dev.waitForOutput(/Stop {5}.*\n/, 60_000);
  dev.kill('SIGKILL');
  await dev.waitForExit();
  expect(findLeftovers(project.folder)).not.toEqual([]);
  const doctor = await runTowpath(project, ['doctor']);
  expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining('the instance that started it was killed') });
});

async function listen(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
