// One selector everywhere: commands that ask a server mean the environment that `config` would resolve. Real server, in process.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@towpath/server';
import { createTestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

let t: TestServer;
let folder: string;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  folder = mkdtempSync(join(tmpdir(), 'towpath-selection-'));
  mkdirSync(join(folder, 'config'));
  writeProject('defaultEnvironment: int\n');
  await startRunOf(t, [buildTask('load')]);
});
afterEach(async () => {
  await t.close();
  rmSync(folder, { recursive: true });
});

function writeProject(head: string): void {
  const variables = 'variables: { REGION: { type: string } }\n';
  const environments = 'environments:\n  int: { kind: shared }\n  prod: { kind: production }\n';
  writeFileSync(join(folder, 'towpath.yaml'), `name: finks\n${head}${variables}${environments}`);
}

async function towpath(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const server = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.administrator };
  const world = createTestContext({ env: { ...server, ...env }, cwd: folder });
  const code = await runProgram(world.context, args);
  return { code, out: world.out(), err: world.err() };
}

/** Commands that are about one environment. */
const ONE = [
  ['run', 'daily', '--no-wait'],
  ['rerun', '1', '--no-wait'],
  ['logs'],
  ['logs', '1'],
  ['cancel', '1'],
  ['attempts', '1'],
  ['schedules', 'show', 'daily'],
  ['schedules', 'run-now', 'daily', '--no-wait'],
  ['pools', 'set', 'source', '2', '--create'],
  ['env', 'show'],
];

/** Commands that list what all environments have. */
const LISTS = [['runs'], ['schedules'], ['agents'], ['audit'], ['pools'], ['pipelines'], ['notifications']];

test.each([...ONE, ...LISTS])(
  'A9 `%s %s` refuses a name that nobody declares, and two that differ',
  async (...args) => {
    const words = args.filter((word) => word !== undefined);
    await expect(towpath({ ENVIRONMENT: 'nonsense' }, ...words)).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
    await expect(towpath({ ENVIRONMENT: 'prod', DBT_TARGET: 'int' }, ...words)).rejects.toMatchObject({
      code: 'SELECTOR_CONTRADICTION',
      fix: expect.not.stringContaining('--allow-contradiction'),
    });
  },
);

test.each(ONE)('A9 `%s %s` needs to be told where, when no default is declared', async (...args) => {
  writeProject('');
  const words = args.filter((word) => word !== undefined);
  await expect(towpath({}, ...words)).rejects.toMatchObject({ code: 'ENVIRONMENT_UNSET' });
});

test('A2 the default is used and said; a name is not said again; DBT_TARGET alone is', async () => {
  const byDefault = await towpath({}, 'logs');
  expect(byDefault).toMatchObject({ code: 0, err: '[INT] is the default environment; ENVIRONMENT is not set.\n' });
  expect(await towpath({ ENVIRONMENT: 'int' }, 'logs')).toMatchObject({ code: 0, err: '' });
  expect(await towpath({}, 'logs', '--environment', 'int')).toMatchObject({ code: 0, err: '' });
  expect(await towpath({ DBT_TARGET: 'int' }, 'logs')).toMatchObject({
    err: '[INT] selected by DBT_TARGET alone; ENVIRONMENT is not set.\n',
  });
});

test('A3 work does not begin without the file of its environment; what only reads does not need it', async () => {
  const missing = { code: 'ENVIRONMENT_FILE_MISSING', fix: 'cp config/.env.example config/.env.int, and fill it in.' };
  await expect(towpath({}, 'run', 'daily', '--no-wait')).rejects.toMatchObject(missing);
  await expect(towpath({}, 'rerun', '1', '--no-wait')).rejects.toMatchObject(missing);
  await expect(towpath({}, 'run', 'daily', '--environment', 'int')).rejects.toMatchObject(missing);
  expect((await towpath({}, 'runs')).out.match(/daily-int #/g)).toHaveLength(1);
  writeFileSync(join(folder, 'config/.env.int'), 'REGION=eu\n');
  expect((await towpath({ ENVIRONMENT: 'int' }, 'run', 'daily', '--no-wait')).out).toContain('daily-int #2 started');
});

test('a list shows all environments unless one is named; the name of a run says where it ran', async () => {
  expect(await towpath({}, 'runs')).toMatchObject({ out: expect.stringContaining('daily-int #1'), err: '' });
  expect((await towpath({ ENVIRONMENT: 'prod' }, 'runs')).out).toBe('No such run. All of them: npx towpath runs\n');
  writeProject('defaultEnvironment: prod\n');
  expect(await towpath({}, 'attempts', 'daily-int #1')).toMatchObject({ code: 0, err: '' });
  await expect(towpath({}, 'attempts', '1')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
});

test('a hint about a run of another environment says how to find it from here', async () => {
  writeFileSync(join(folder, 'config/.env.int'), 'REGION=eu\n');
  const agent = await openSimulatedAgent(t.agent);
  const failAll = async () => {
    const facts = { outcome: 'failed', exitCode: 1, reasonCode: 'EXIT_CODE' } as const;
    await agent.finish(await agent.claim(100, 10_000), facts);
  };
  await failAll();
  const [fromHere] = await Promise.all([towpath({}, 'run', 'daily'), failAll()]);
  expect(fromHere.out).toMatch(/logs: npx towpath logs 2\n/);
  writeProject('defaultEnvironment: prod\n');
  const [fromElsewhere] = await Promise.all([towpath({}, 'run', 'daily', '--environment', 'int'), failAll()]);
  const [, hint = ''] = /logs: npx towpath (.*)\n/.exec(fromElsewhere.out) ?? [];
  expect(hint).toBe('logs 3 --environment int');
  expect(await towpath({}, ...hint.split(' '))).toMatchObject({ code: 0 });
});

test('where an environment has no such run, the fix says how to ask another', async () => {
  const elsewhere = {
    code: 'RUN_UNKNOWN',
    fix: expect.stringContaining('another environment is found with --environment <name>'),
  };
  await expect(towpath({}, 'logs', '7')).rejects.toMatchObject(elsewhere);
  await expect(towpath({ ENVIRONMENT: 'prod' }, 'logs', '1')).rejects.toMatchObject(elsewhere);
});

test('a flag names also what this project does not declare, and what stands in a file that can not be read', async () => {
  await expect(towpath({}, 'run', 'daily', '--environment', 'itn')).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    fix: 'Did you mean int?',
  });
  writeFileSync(join(folder, 'towpath.yaml'), 'name: [');
  expect(await towpath({}, 'attempts', '1', '--environment', 'int')).toMatchObject({ code: 0 });
  await expect(towpath({}, 'attempts', '1')).rejects.toMatchObject({ code: 'PROJECT_FILE_INVALID' });
});

test.each([
  [{ ENVIRONMENT: 'prod' }, /^ENVIRONMENT is prod\./],
  [{ DBT_TARGET: 'int' }, /^DBT_TARGET is int\./],
  [{ ENVIRONMENT: 'local', DBT_TARGET: 'int' }, /^DBT_TARGET is int\./],
])('dev refuses %j: it serves local only', async (env, reason) => {
  await expect(towpath(env, 'dev')).rejects.toMatchObject({
    code: 'DEV_IS_LOCAL',
    reason: expect.stringMatching(reason),
  });
});
