// `towpath dev` as a real process, and what a test asks of it.
import {
  type Client,
  createClient,
  GetRun,
  ListRuns,
  LOG_COMPLETE_HEADER,
  ReadLog,
  type RunDetail,
} from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { type SpawnedProcess, spawnProcess, waitFor } from '@towpath/testkit';
import { findInstance, type InstanceRecord } from '../../packages/cli/src/instance/instance-record.ts';
import { type TestProject, TOWPATH } from './test-project.ts';

/** Two busy cores: a start takes 2–3 s alone and can take ten times that beside other tests. */
const START_DEADLINE_MS = 90_000;
const RUN_DEADLINE_MS = 60_000;

export interface DevProcess {
  readonly process: SpawnedProcess;
  readonly record: InstanceRecord;
  readonly client: Client;
}

/** Starts `towpath dev` on free ports and waits until it says that it is ready. */
export async function startDev(
  project: TestProject,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<DevProcess> {
  const process = await spawnTowpath(project, ['dev', ...FREE_PORTS, ...args], env);
  await process.waitForOutput(/Towpath is ready[\s\S]*Stop {5}.*\n/, START_DEADLINE_MS);
  const record = findInstance(project.stateFolder);
  if (!record) throw new Error(`No instance is recorded in ${project.stateFolder}`);
  return { process, record, client: createTestClient(record.url, record.token) };
}

const FREE_PORTS = ['--console-port', '0', '--postgres-port', '0', '--mock-port', '0'];

/** A client with a bearer token. */
export function createTestClient(baseUrl: string, token: string): Client {
  return createClient({ baseUrl, headers: () => ({ authorization: `Bearer ${token}` }) });
}

/** Runs the executable in the project's folder. */
export async function spawnTowpath(
  project: Pick<TestProject, 'folder'>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<SpawnedProcess> {
  return await spawnProcess({ command: process.execPath, args: [TOWPATH, ...args], cwd: project.folder, env });
}

/** Runs the executable to its end and returns what it printed. */
export async function runTowpath(
  project: Pick<TestProject, 'folder'>,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const spawned = await spawnTowpath(project, args, env);
  const { code } = await spawned.waitForExit(RUN_DEADLINE_MS);
  return { code, stdout: spawned.stdout(), stderr: spawned.stderr() };
}

/** Ctrl-C, then waits for the end. */
export async function stopDev(dev: Pick<DevProcess, 'process'>): Promise<void> {
  dev.process.killGroup('SIGINT');
  await dev.process.waitForExit(45_000);
}

/** Waits until a run has ended. */
export async function waitForRunEnd(client: Client, runId: string): Promise<RunDetail> {
  return await waitFor('the run to end', RUN_DEADLINE_MS, async () => {
    const run = await client.call(GetRun, { params: { runId } });
    if (isTerminalRunState(run.state)) return run;
    throw new Error(
      run.tasks.map((task) => `${task.id} ${task.state} ${task.attempts.map(({ state }) => state)}`).join('; '),
    );
  });
}

/** The newest run, which must exist. */
export async function getNewestRun(client: Client): Promise<RunDetail> {
  const { runs } = await client.call(ListRuns, { query: { limit: 1 } });
  const newest = runs[0];
  if (!newest) throw new Error('There is no run.');
  return await client.call(GetRun, { params: { runId: newest.id } });
}

/** The whole log of an ended attempt, as bytes that the server says are complete. */
export async function readWholeLog(client: Client, attemptId: string): Promise<string> {
  const chunks: Buffer[] = [];
  for (let offset = 0; ; ) {
    const response = await client.send(ReadLog, { params: { attemptId }, query: { offset } });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length === 0) {
      if (response.headers.get(LOG_COMPLETE_HEADER) !== 'true')
        throw new Error(`The log of ${attemptId} is not complete.`);
      return Buffer.concat(chunks).toString('utf8');
    }
    chunks.push(bytes);
    offset += bytes.length;
  }
}
