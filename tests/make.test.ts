// The make targets of the morning in the orders people use them, with a state folder of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectTds, MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import { assertNoOrphans, type ProcessExit, spawnProcess } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findInstance, findMock } from '../packages/cli/src/instance/instance-record.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

/** The first target may install packages and build the console. */
const DEADLINE_MS = 120_000;

let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'towpath-make-'));
});

afterEach(async () => {
  await make('stop');
  await assertNoOrphans(state);
  rmSync(state, { recursive: true, force: true });
});

async function make(target: string): Promise<ProcessExit & { readonly output: string }> {
  const args = [target, `STATE=--state ${state}`];
  // In containers: tests/stack.test.ts.
  const env = { ...process.env, TOWPATH_EXECUTOR: 'process' };
  const made = await spawnProcess({ command: 'make', args, cwd: REPOSITORY, env });
  const exit = await made.waitForExit(DEADLINE_MS);
  return { ...exit, output: made.output() };
}

async function countProducts(port: number): Promise<unknown> {
  const { username, password } = MOCK_LOGINS.readOnly;
  const timeouts = { connectTimeoutMs: 10_000, requestTimeoutMs: 10_000 };
  const source = { host: '127.0.0.1', port, database: MOCK_DATABASE, username, password, ...timeouts };
  const connection = await connectTds({
    ...source,
    encrypt: 'off',
    trustServerCertificate: false,
    appName: 'make.test',
  });
  try {
    return (await connection.query('select count(*) from dbo.Products')).rows[0]?.[0];
  } finally {
    await connection.close();
  }
}

it('A94 A95 dev-mock, then deploy: seeded tables, no credentials, no clash, and they wait until they are ready', async () => {
  const mock = await make('dev-mock');
  expect(mock, mock.output).toMatchObject({ code: 0, output: expect.stringContaining('Mock SQL Server is ready') });
  const record = findMock(state);
  expect(await countProducts(record?.port ?? 0)).toBe(16);

  const deployed = await make('deploy');
  expect(deployed, deployed.output).toMatchObject({
    code: 0,
    output: expect.stringMatching(/succeeded: 56 rows landed/),
  });
  expect(findInstance(state)).toMatchObject({ mode: 'background', mock: { port: record?.port } });

  const status = await make('status');
  expect(status, status.output).toMatchObject({ code: 0, output: expect.stringContaining('agent local') });
  const again = await make('deploy');
  expect(again, again.output).toMatchObject({
    code: 0,
    output: expect.stringContaining('runs already for this folder'),
  });
  const dev = await make('dev');
  expect(dev, dev.output).toMatchObject({ code: 0, output: expect.stringContaining('in the background') });

  const stopped = await make('stop');
  expect(stopped, stopped.output).toMatchObject({ code: 0, output: expect.stringContaining('Stopped') });
  expect([findInstance(state), findMock(state)]).toEqual([undefined, undefined]);
});

it('deploy, then dev-mock: the mock of the instance is named, no second one is started', async () => {
  const deployed = await make('deploy');
  expect(deployed, deployed.output).toMatchObject({ code: 0 });
  const mock = await make('dev-mock');
  expect(mock, mock.output).toMatchObject({ code: 0, output: expect.stringContaining('It runs already') });
  expect(mock.output).toContain(`:${findInstance(state)?.mock.port}`);
  expect(findMock(state)).toBeUndefined();
});

it('help lists the targets of the morning', async () => {
  const { output } = await make('help');
  for (const target of ['dev', 'dev-mock', 'deploy', 'test', 'clean', 'help'])
    expect(output).toContain(`make ${target} `);
});
