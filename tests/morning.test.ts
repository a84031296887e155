// The morning as a user has it: one real process, real PostgreSQL, the real example, other clients.
import { cpSync } from 'node:fs';
import { connect } from 'node:net';
import { CancelRun, GetRun, ListPipelines, ListRuns, StartRun } from '@towpath/api';
import { assertNoOrphans, requirePart, spawnProcess, waitFor } from '@towpath/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProjectTemplate } from '../packages/cli/src/init/project-template.ts';
import {
  type DevProcess,
  getNewestRun,
  readWholeLog,
  runTowpath,
  startDev,
  stopDev,
  waitForRunEnd,
} from './support/instance.ts';
import { addStepsDatakit, createTestProject, type TestProject } from './support/test-project.ts';
import { verifySucceededRun } from './support/verify-run.ts';

let project: TestProject;
let dev: DevProcess;

beforeAll(async () => {
  project = createTestProject('morning');
  for (const { path, content } of createProjectTemplate('morning')) project.write(path, content);
  addStepsDatakit(project);
  project.write('pipelines/odd.ts', ODD_PIPELINES);
  dev = await startDev(project);
});

afterAll(async () => {
  await dev?.process.destroy();
  await runTowpath(project, ['stop']);
  await assertNoOrphans(project.folder);
  project.remove();
});

async function queryBronze(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ ...dev.record.warehouse, host: '127.0.0.1' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the first start', () => {
  it('A95 without Docker, runs the example on processes and an embedded database, and says what landed', async () => {
    const run = await getNewestRun(dev.client);
    await verifySucceededRun(dev.client, run);
    expect(run.tasks.map(({ id }) => id)).toEqual(['ingest-dbo-customer', 'ingest-dbo-orders', 'ingest-dbo-products']);
    expect(dev.process.output()).toMatch(/Rows {5}sqlserver-bronze-local #1 succeeded: \d+ rows landed/);
    expect(dev.process.output()).toContain(`bronze.dbo_customer 10`);
  });

  it('A30 the psql line it prints answers, as printed, without a password', async (context) => {
    const { path } = requirePart('psql', context);
    const line = /psql (-h localhost.*)"(SELECT COUNT\(\*\) FROM bronze\.dbo_products;)"/.exec(dev.process.output());
    const args = [...(line?.[1] ?? '').trim().split(' '), line?.[2] ?? ''];
    const psql = await spawnProcess({ command: path, args: ['-w', '-tA', ...args] });
    expect(await psql.waitForExit()).toEqual({ code: 0, signal: null });
    const products = (await getNewestRun(dev.client)).tasks.find(({ id }) => id === 'ingest-dbo-products');
    expect(JSON.parse(psql.stdout())).toBe(Object(products?.attempts.at(-1)?.result).rowsLoaded);
  });

  it('A30 towpath sql answers the same without psql', async () => {
    const answer = await runTowpath(project, ['sql', 'bronze', 'SELECT COUNT(*) FROM bronze.dbo_customer']);
    expect(answer).toMatchObject({ code: 0, stdout: 'count\n10\n(1 row)\n' });
  });

  it('A31 every row carries its lineage, and every load has an audit row with counts', async () => {
    const rows = await queryBronze(
      `select distinct _source_schema, _source_table, _batch_id is not null as has_batch, _loaded_at is not null as has_time,
              _source_system <> '' as has_system from bronze.dbo_orders`,
    );
    expect(rows).toEqual([
      { _source_schema: 'dbo', _source_table: 'Orders', has_batch: true, has_time: true, has_system: true },
    ]);
    const audit = await queryBronze(
      `select target_table, status, rows_processed::int as rows from bronze.ingestion_audit order by 1`,
    );
    expect(audit).toMatchObject([
      { target_table: expect.stringContaining('dbo_customer'), status: 'success', rows: 10 },
      { target_table: expect.stringContaining('dbo_orders'), status: 'success' },
      { target_table: expect.stringContaining('dbo_products'), status: 'success' },
    ]);
  });

  it('A87 the first log line names datakit, version, platform, environment and run', async () => {
    const run = await getNewestRun(dev.client);
    const log = await readWholeLog(dev.client, run.tasks[0]?.attempts.at(-1)?.id ?? '');
    const [first] = log.split('\n');
    expect(first).toMatch(/^\[LOCAL\] datakit=sqlserver-bronze version=0\.1\.0 platform=\d\S* environment=local run=/);
    expect(first).toContain(run.id);
  });

  it('A88 the name of a run ends in its environment', async () => {
    expect((await getNewestRun(dev.client)).name).toBe('sqlserver-bronze-local #1');
  });

  it('the state database is closed to the user of the warehouse', async () => {
    const client = new pg.Client({ ...dev.record.warehouse, host: '127.0.0.1', database: 'towpath' });
    await expect(client.connect()).rejects.toThrow(/pg_hba|permission|rejects/);
  });
});

describe('adding a table', () => {
  it('a saved file has its new task without a restart, and the CLI runs it', async () => {
    const [, pipeline] = createProjectTemplate('morning');
    project.write(
      'pipelines/sqlserver-bronze.ts',
      (pipeline?.content ?? '').replace("'dbo.Products',", "'dbo.Products',\n  'dbo.Suppliers',"),
    );
    await waitFor('the new task to be registered', 30_000, async () => {
      const { pipelines } = await dev.client.call(ListPipelines);
      return pipelines
        .find(({ name }) => name === 'sqlserver-bronze')
        ?.tasks.some(({ id }) => id === 'ingest-dbo-suppliers');
    });
    const answer = await runTowpath(project, ['run', 'sqlserver-bronze']);
    expect(answer.stdout).toMatch(/✓ ingest-dbo-suppliers +succeeded +\d+ rows → bronze\.dbo_suppliers/);
    expect(answer.code).toBe(0);
    expect(
      await queryBronze(
        'select count(*)::int as n, count(distinct _batch_id)::int as batches from bronze.dbo_customer',
      ),
    ).toEqual([{ n: 10, batches: 1 }]);
  });

  it('a file that can not be evaluated leaves the last good pipelines and says where the mistake is', async () => {
    project.write('pipelines/broken.ts', 'export default definePipelin({});\n');
    await waitFor('the error to be shown', 30_000, async () => {
      const { codeLocations } = await dev.client.call(ListPipelines);
      return codeLocations.some(
        ({ error }) => error?.cause?.includes('broken.ts') || error?.message.includes('broken.ts'),
      );
    });
    const shown = await runTowpath(project, ['pipelines']);
    expect(shown.stdout).toContain('sqlserver-bronze');
    expect(shown.stdout).toContain('broken.ts');
    project.write('pipelines/broken.ts', 'export {};\n');
    await waitFor('the error to go', 30_000, async () => {
      const { codeLocations } = await dev.client.call(ListPipelines);
      return codeLocations.every(({ error }) => error === null);
    });
  });
});

describe('exit codes and errors', () => {
  it('the exit code of `run` follows the run, and the reason is printed', async () => {
    const unknownTable = await runTowpath(project, ['run', 'unknown-table']);
    expect(unknownTable.code).toBe(1);
    expect(unknownTable.stdout).toMatch(
      /✗ ingest +failed +Exit code 78\.[^\n]*\n {4}ingest\n {6}error SOURCE_TABLE_UNKNOWN: /,
    );
    const logs = await runTowpath(project, ['logs', '--task', 'ingest']);
    expect(logs.stdout).toMatch(/error [A-Z_]+: .*Nowhere.*\n {2}why: .*\n {2}fix: /);
  });

  it('A21 a quoted argument reaches the datakit as one word', async () => {
    const run = await dev.client.call(StartRun, { body: { pipeline: 'quoted', environment: 'local' } });
    const ended = await waitForRunEnd(dev.client, run.id);
    expect(ended.tasks[0]?.argv).toEqual([
      'datakit-sqlserver',
      'ingest-table',
      '[dbo].[Products]',
      '--target-table',
      'odd_one',
    ]);
    expect(ended.state).toBe('succeeded');
  });

  it('unknown pipelines, runs and commands are answered with three lines or the nearest command', async () => {
    const pipeline = await runTowpath(project, ['run', 'nowhere']);
    expect(pipeline).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error PIPELINE_[A-Z]+: .*\n {2}(why|fix): /),
    });
    const command = await runTowpath(project, ['pipelins']);
    expect(command.code).toBe(1);
    expect(command.stderr).toContain('Did you mean pipelines?');
  });

  it('a cancelled run ends its processes and is recorded as cancelled', async () => {
    const run = await dev.client.call(StartRun, { body: { pipeline: 'long', environment: 'local' } });
    await waitFor('the task to run', 30_000, async () => {
      const { tasks } = await dev.client.call(GetRun, { params: { runId: run.id } });
      return tasks[0]?.attempts[0]?.state === 'running';
    });
    await dev.client.call(CancelRun, { params: { runId: run.id }, body: {} });
    const ended = await waitForRunEnd(dev.client, run.id);
    expect(ended).toMatchObject({
      state: 'cancelled',
      tasks: [{ state: 'cancelled', attempts: [{ state: 'cancelled' }] }],
    });
  });

  it('garbage on every port hurts nobody', async () => {
    const { warehouse, mock, url } = dev.record;
    for (const port of [warehouse.port, mock.port, Number(new URL(url).port)]) {
      for (const bytes of [Buffer.alloc(70_000, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(3)])
        await sendGarbage(port, bytes);
    }
    expect(await queryBronze('select count(*)::int as n from bronze.dbo_customer')).toEqual([{ n: 10 }]);
    expect((await runTowpath(project, ['run', 'sqlserver-bronze'])).code).toBe(0);
  });

  it('doctor is quiet while all is well', async () => {
    expect(await runTowpath(project, ['doctor'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/No problem found\.\n$/),
    });
  });
});

describe('the end', () => {
  it('a second dev for the same folder explains itself and changes nothing', async () => {
    const second = await runTowpath(project, ['dev']);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('runs already for this folder') });
  });

  it('Ctrl-C ends running attempts, recorded as cancelled, and every child; the next start knows it', async () => {
    const run = await dev.client.call(StartRun, { body: { pipeline: 'long', environment: 'local' } });
    await waitFor('the task to run', 30_000, async () => {
      const { tasks } = await dev.client.call(GetRun, { params: { runId: run.id } });
      return tasks[0]?.attempts[0]?.state === 'running';
    });
    await stopDev(dev);
    await assertNoOrphans(project.folder);
    dev = await startDev(project);
    const { runs } = await dev.client.call(ListRuns, { query: { pipeline: 'long', limit: 1 } });
    expect(runs).toMatchObject([{ id: run.id, state: 'cancelled' }]);
    expect(await queryBronze('select count(*)::int as n from bronze.dbo_customer')).toEqual([{ n: 10 }]);
  });

  it('init overwrites nothing', async () => {
    project.write('towpath.yaml', 'name: mine\n');
    const answer = await runTowpath(project, ['init', '--yes']);
    expect(answer.stdout).toContain('towpath.yaml was there already and is unchanged');
    cpSync(`${project.folder}/towpath.yaml`, `${project.folder}/copy`);
    expect((await runTowpath(project, ['init', '--yes', '--dry-run'])).stdout).toContain('towpath.yaml');
  });
});

async function sendGarbage(port: number, bytes: Buffer): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.end(bytes);
  await new Promise((resolve) => {
    socket.once('close', resolve);
    socket.resume();
  });
}

const ODD_PIPELINES = `import { datakitTask, definePipeline } from 'towpath';
const bronze = { datakit: 'sqlserver-bronze', version: '0.1.0' };
export const unknownTable = definePipeline({
  name: 'unknown-table',
  tasks: [datakitTask({ id: 'ingest', ...bronze, command: 'datakit-sqlserver ingest-table dbo.Nowhere' })],
});
export const quoted = definePipeline({
  name: 'quoted',
  tasks: [datakitTask({ id: 'ingest', ...bronze, command: 'datakit-sqlserver ingest-table "[dbo].[Products]" --target-table odd_one' })],
});
export const long = definePipeline({
  name: 'long',
  tasks: [datakitTask({ id: 'steps', datakit: 'steps', version: '1.0.0', command: 'steps 100000' })],
});
`;
