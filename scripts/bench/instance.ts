// (d) (e) What a start and an idle instance cost, and the example beside its floor.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { GetRun, StartRun } from '@towpath/api';
import { findLeftovers } from '@towpath/testkit';
import { datakitFolders } from '../../packages/cli/src/assets.ts';
import { listBroughtVariables } from '../../packages/cli/src/dev/brought-variables.ts';
import { createProjectTemplate } from '../../packages/cli/src/init/project-template.ts';
import { type DevProcess, startDev, stopDev, waitForRunEnd } from '../../tests/support/instance.ts';
import { createTestProject, type TestProject } from '../../tests/support/test-project.ts';
import { sumCpuSeconds, sumMemoryMiB } from './processes.ts';
import { type BenchRow, summarize } from './rows.ts';

const COLD_STARTS = 3;
const WARM_STARTS = 5;
const EXAMPLE_RUNS = 7;
const IDLE_SECONDS = 20;
const PIPELINE = 'sqlserver-bronze';

/** Measures starts, an idle instance and the example. */
export async function measureInstance(): Promise<readonly BenchRow[]> {
  const cold = await measureColdStart();
  const project = createBenchProject();
  try {
    await stopDev(await startDev(project));
    const warm = await measureWarmStart(project);
    const dev = await startDev(project);
    const rows = [...(await measureIdle(project)), await measureExample(dev)];
    await stopDev(dev);
    return [cold, warm, ...rows];
  } finally {
    project.remove();
  }
}

function createBenchProject(): TestProject {
  const created = createTestProject('bench');
  for (const { path, content } of createProjectTemplate('bench')) created.write(path, content);
  return created;
}

async function measureColdStart(): Promise<BenchRow> {
  const seconds: number[] = [];
  for (let i = 0; i < COLD_STARTS; i += 1) {
    const fresh = createBenchProject();
    seconds.push(await timeStart(fresh));
    fresh.remove();
  }
  return summarize(
    { id: 'start-cold', what: 'first start to ready, initdb and the example included', unit: 's' },
    seconds,
  );
}

async function measureWarmStart(started: TestProject): Promise<BenchRow> {
  const seconds: number[] = [];
  for (let i = 0; i < WARM_STARTS; i += 1) seconds.push(await timeStart(started));
  return summarize({ id: 'start-warm', what: 'second start to ready', unit: 's', mark: 3 }, seconds);
}

async function timeStart(started: TestProject): Promise<number> {
  const from = performance.now();
  const dev = await startDev(started);
  const seconds = (performance.now() - from) / 1000;
  await stopDev(dev);
  return seconds;
}

async function measureIdle(started: TestProject): Promise<readonly BenchRow[]> {
  // Start-up work (JIT, PostgreSQL's first checkpoint) is not idling.
  await pause(3000);
  const pids = findLeftovers(started.folder).map(({ pid }) => pid);
  const before = sumCpuSeconds(pids);
  await pause(IDLE_SECONDS * 1000);
  const percent = (100 * (sumCpuSeconds(pids) - before)) / IDLE_SECONDS;
  return [
    summarize({ id: 'idle-cpu', what: `CPU while idle, over ${IDLE_SECONDS} s`, unit: '% of a core', mark: 1 }, [
      percent,
    ]),
    summarize({ id: 'idle-memory', what: `memory while idle, ${pids.length} processes`, unit: 'MiB', mark: 300 }, [
      sumMemoryMiB(pids),
    ]),
  ];
}

async function measureExample(dev: DevProcess): Promise<BenchRow> {
  const seconds: number[] = [];
  const floors: number[] = [];
  for (let i = 0; i < EXAMPLE_RUNS; i += 1) {
    seconds.push(await timeExample(dev));
    floors.push(await timeFloor(dev));
  }
  const floor = summarize({ id: '', what: '', unit: 's' }, floors).median;
  return summarize(
    { id: 'example', what: 'the example, from trigger to success (3 tasks)', unit: 's', floor },
    seconds,
  );
}

async function timeExample({ client }: DevProcess): Promise<number> {
  const from = performance.now();
  const run = await client.call(StartRun, { body: { pipeline: PIPELINE, environment: 'local' } });
  const ended = await waitForRunEnd(client, run.id);
  if (ended.state !== 'succeeded') throw new Error(`${ended.name} ${ended.state}`);
  const { startedAt, finishedAt } = await client.call(GetRun, { params: { runId: run.id } });
  const seconds = (performance.now() - from) / 1000;
  // The wait looks every 20 ms; the database's own times bound what that adds.
  return startedAt && finishedAt
    ? Math.min(seconds, (Date.parse(finishedAt) - Date.parse(run.createdAt)) / 1000)
    : seconds;
}

async function timeFloor({ record }: DevProcess): Promise<number> {
  const env = listBroughtVariables(record.mock, { ...record.warehouse, database: 'bronze', user: 'bronze_user' });
  const [folder = ''] = datakitFolders(record.projectFolder);
  const from = performance.now();
  await Promise.all(
    ['Customer', 'Orders', 'Products'].map(async (table) => {
      const args = [`${folder}/bin/datakit-sqlserver`, 'ingest-table', `dbo.${table}`];
      const child = spawn(process.execPath, args, { env: { ...env, PATH: process.env.PATH }, stdio: 'ignore' });
      const code = await new Promise((resolve) => child.once('exit', resolve));
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
    }),
  );
  return (performance.now() - from) / 1000;
}
