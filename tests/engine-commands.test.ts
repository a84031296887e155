// The commands of the engine against a real server; the agents are simulated.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppendLog, GetRun, RegisterCode, StartRun } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { silenceSession } from '../packages/server/src/testing/age-sessions.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

async function towpath(...args: readonly string[]) {
  return towpathIn('/nowhere', ...args);
}

async function towpathIn(cwd: string, ...args: readonly string[]) {
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.engineer };
  const world = createTestContext({ env, cwd });
  const code = await runProgram(world.context, args);
  return { code, out: world.out(), err: world.err() };
}

const readRun = (runId: string) => t.engineer.call(GetRun, { params: { runId } });
const INT = ['--environment', 'int'];

test('empty lists teach the next command', async () => {
  expect((await towpath('agents')).out).toContain('Start one: npx towpath agent');
  await expect(towpath('attempts')).rejects.toMatchObject({ code: 'RUN_MISSING' });
  await startRunOf(t, [buildTask('a')]);
  expect((await towpath('attempts')).out).toContain('Look at: npx towpath agents');
});

test('agents are shown live or silent, with what they hold', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a')]);
  await agent.claim();
  expect((await towpath('agents')).out).toMatch(/first +int +live +host-1 +1\.2\.3 +\S+Z +1\n/);
  await silenceSession(t.databaseUrl, agent.sessionId);
  const { out } = await towpath('agents');
  expect(out).toMatch(/first +int +silent/);
  expect(out).toContain('See it: npx towpath attempts');
  const { agents } = JSON.parse((await towpath('agents', '--json')).out);
  expect(agents).toMatchObject([{ name: 'first', environment: 'int', isLive: false, attemptsHeld: 1 }]);
});

test('an uncertain attempt is listed and given up; only an uncertain one', async () => {
  const agent = await openSimulatedAgent(t.agent);
  const runId = await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim();
  const attemptId = grant?.attemptId ?? '';
  await expect(towpath('attempts', 'give-up', attemptId)).rejects.toMatchObject({ code: 'ATTEMPT_NOT_UNCERTAIN' });
  await silenceSession(t.databaseUrl, agent.sessionId);
  const { out } = await towpath('attempts', '1', ...INT);
  expect(out).toMatch(new RegExp(`a +1 +uncertain +first +host-1 +${attemptId}\n`));
  expect(out).toContain('towpath attempts give-up <id>');
  expect((await towpath('attempts', 'give-up', attemptId)).out).toContain('a ended: errored');
  expect((await readRun(runId)).state).toBe('failed');
  await agent.finish(grant ? [grant] : []);
  expect((await towpath('attempts', '1', ...INT)).out).toMatch(
    /errored .* erin gave it up .*; its agent said later: succeeded /,
  );
  const { attempts } = JSON.parse((await towpath('attempts', '--json')).out);
  expect(attempts).toMatchObject([{ id: attemptId, lateResult: { outcome: 'succeeded' } }]);
});

test('cancelling says what is left to end, and that there was nothing to cancel', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]);
  const grants = await agent.claim();
  expect((await towpath('cancel', '1', '--reason', 'wrong table', ...INT)).out).toContain(
    '1 task is still being ended',
  );
  await agent.finish(grants, { outcome: 'cancelled', exitCode: null });
  expect((await towpath('cancel', '#1', ...INT)).out).toContain('has ended before (cancelled)');
  const runId = await startRunOf(t, [buildTask('a')]);
  const summary = JSON.parse((await towpath('cancel', runId, '--json')).out);
  expect(summary).toMatchObject({ id: runId, number: 2, state: 'cancelled' });
});

test('rerun follows the new run to its end, and tells what was kept', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]);
  await agent.finish(await agent.claim());
  const failing = await agent.claim();
  await expect(towpath('rerun', '1', ...INT)).rejects.toMatchObject({ code: 'RUN_NOT_ENDED' });
  await agent.finish(failing, { outcome: 'failed', exitCode: 1 });
  const waiting = towpath('rerun', '1', '--from-failed', ...INT);
  const again = await agent.claim(5, 20_000);
  expect(again).toMatchObject([{ taskId: 'b' }]);
  await agent.finish(again);
  const { code, out } = await waiting;
  expect(code).toBe(0);
  expect(out).toMatch(/daily-int #2 started \(.*\), repeats #1\n/);
  expect(out).toMatch(/✓ a +succeeded +before; not run again\n/);
  expect(out).toMatch(/daily-int #2 succeeded/);
  const whole = JSON.parse((await towpath('rerun', '1', '--no-wait', '--json', ...INT)).out);
  expect(whole).toMatchObject({ trigger: 'rerun', rerunOf: { number: 1 }, taskCounts: { ready: 1, waiting: 1 } });
});

test('a run started by hand repeats nothing', async () => {
  await t.agent.call(RegisterCode, { body: buildRegistration([buildGraph('plain', [buildTask('a')])]) });
  const run = await t.engineer.call(StartRun, { body: { pipeline: 'plain', environment: 'int' } });
  expect(run).toMatchObject({ trigger: 'manual', rerunOf: null });
});

const PARAMETERS = {
  day: { type: 'string', format: 'date', default: '2026-01-31' },
  full: { type: 'boolean', default: false },
  limit: { type: 'integer', default: 10, minimum: 1 },
  tables: { type: 'array', items: { type: 'string' }, default: [] },
} as const;

async function registerDaily(): Promise<void> {
  const graph = {
    ...buildGraph('daily', [buildTask('extract'), buildTask('load', { dependsOn: ['extract'] })]),
    parameters: PARAMETERS,
  };
  await t.agent.call(RegisterCode, { body: buildRegistration([graph]) });
}

const START = ['run', 'daily', '--no-wait', '--json', ...INT];

test('parameters are typed by the pipeline; a file gives some, the command line stands above it', async () => {
  await registerDaily();
  const typed = await towpath(
    ...START,
    '-p',
    'full=true',
    '-p',
    'limit=3',
    '-p',
    'tables=a,b',
    '-p',
    'tables=c',
    '--note',
    'by hand',
  );
  expect(JSON.parse(typed.out)).toMatchObject({
    parameters: { day: '2026-01-31', full: true, limit: 3, tables: ['a', 'b', 'c'] },
    note: 'by hand',
  });
  const folder = await mkdtemp(join(tmpdir(), 'towpath-parameters-'));
  try {
    await writeFile(join(folder, 'p.yaml'), 'day: "2026-02-01"\nlimit: 7\ntables: [x]\n');
    const mixed = await towpathIn(folder, ...START, '--parameters-file', 'p.yaml', '--parameter', 'limit=8');
    expect(JSON.parse(mixed.out).parameters).toEqual({ day: '2026-02-01', full: false, limit: 8, tables: ['x'] });
    for (const text of ['[1]', '{', 'a: { b: 1 }', 'null']) {
      await writeFile(join(folder, 'odd.yaml'), text);
      const odd = towpathIn(folder, ...START, '--parameters-file', 'odd.yaml');
      await expect(odd).rejects.toMatchObject({ code: 'PARAMETERS_FILE_INVALID' });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['limti=3', 'Did you mean limit?'],
  ['full=maybe', 'Give true or false.'],
  ['limit=many', 'Give a whole number.'],
  ['limit', 'Give it as --parameter day=2026-01-31'],
  ['constructor=1', 'There are: day, full, limit, tables.'],
])('the parameter %s is refused with %s', async (pair, fix) => {
  await registerDaily();
  await expect(towpath(...START, '-p', pair)).rejects.toMatchObject({ code: 'PARAMETER_INVALID', fix });
});

test('what the schema refuses is told by the server', async () => {
  await registerDaily();
  await expect(towpath(...START, '-p', 'limit=0')).rejects.toMatchObject({ code: 'PARAMETERS_INVALID' });
});

test('a mistyped name is answered with the nearest one', async () => {
  await registerDaily();
  await expect(towpath('run', 'dayli', ...INT)).rejects.toMatchObject({
    code: 'PIPELINE_UNKNOWN',
    fix: 'Did you mean daily?',
  });
  await expect(towpath('run', 'other', ...INT)).rejects.toMatchObject({ fix: 'There are: daily.' });
  await expect(towpath('run', 'daily', '--environment', 'itn')).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    fix: 'Did you mean int?',
  });
  await expect(towpath('logs', '7', ...INT)).rejects.toMatchObject({ fix: expect.stringContaining('run <pipeline>') });
  await towpath(...START);
  await expect(towpath('cancel', '7', ...INT)).rejects.toMatchObject({
    code: 'RUN_UNKNOWN',
    fix: expect.stringContaining('Did you mean 1, the newest?'),
  });
  await expect(towpath('cancel', '1', '--environment', 'prdo')).rejects.toMatchObject({ fix: 'Did you mean prod?' });
  await expect(towpath('rerun', '1', '--tasks', 'lod', ...INT)).rejects.toMatchObject({ fix: 'Did you mean load?' });
  await expect(towpath('logs', '1', '--task', 'lod', ...INT)).rejects.toMatchObject({ fix: 'Did you mean load?' });
});

test('named tasks of a run are repeated with all behind them, and the note is kept', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]);
  await agent.finish(await agent.claim());
  await agent.finish(await agent.claim());
  await expect(towpath('rerun', '1', '--tasks', 'a', '--from-failed', ...INT)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  const { out } = await towpath('rerun', '1', '--tasks', 'b', '--note', 'late rows', '--no-wait', '--json', ...INT);
  expect(JSON.parse(out)).toMatchObject({ note: 'late rows', taskCounts: { succeeded: 1, ready: 1 } });
});

test('pools are listed, set and given back; an empty list says how to make one', async () => {
  expect((await towpath('pools')).out).toContain('npx towpath pools set <name> <slots> --create');
  await t.agent.call(RegisterCode, { body: { ...buildRegistration([]), pools: { sql: 4 } } });
  expect((await towpath('pools')).out).toMatch(/sql +int +4 +0 +0 +declared\n/);
  expect((await towpath('pools', '--environment', 'prod')).out).toBe(
    'No pools in prod. All of them: npx towpath pools\n',
  );
  expect((await towpath('pools', 'set', 'sql', '2', ...INT)).out).toBe('sql in int: 2 slots (set by hand), 0 held.\n');
  expect((await towpath('pools')).out).toMatch(/sql +int +2 +0 +0 +set by erin \(declared: 4\)\n/);
  const cleared = await towpath('pools', 'set', 'sql', '--clear', '--json', ...INT);
  expect(JSON.parse(cleared.out)).toMatchObject({ slots: 4, setSlots: null });
  await expect(towpath('pools', 'set', 'sql', ...INT)).rejects.toMatchObject({ code: 'SLOTS_MISSING' });
  await expect(towpath('pools', 'set', 'sql', '1', '--clear', ...INT)).rejects.toMatchObject({ code: 'SLOTS_MISSING' });
  await expect(towpath('pools', 'set', 'sql', '1', '--environment', 'nit')).rejects.toMatchObject({
    fix: 'Did you mean int?',
  });
  expect((await towpath('pools', 'set', 'sql', '-1', ...INT)).code).toBe(1);
});

test('a mistyped pool is no new one, unless that is meant', async () => {
  await expect(towpath('pools', 'set', 'sqll', '2', ...INT)).rejects.toMatchObject({
    code: 'POOL_UNKNOWN',
    fix: 'To make a new one, add --create.',
  });
  expect((await towpath('pools', 'set', 'sql', '4', '--create', ...INT)).out).toContain('sql in int: 4 slots');
  await expect(towpath('pools', 'set', 'sqll', '2', ...INT)).rejects.toMatchObject({
    fix: 'Did you mean sql? To make a new one, add --create.',
  });
  await expect(towpath('pools', 'set', 'sqll', '--clear', ...INT)).rejects.toMatchObject({ code: 'POOL_UNKNOWN' });
  const { pools } = JSON.parse((await towpath('pools', '--json')).out);
  expect(pools).toMatchObject([{ name: 'sql', slots: 4 }]);
});

test('a filter that finds nothing says how to see all', async () => {
  await registerDaily();
  const filtered: readonly (readonly string[])[] = [
    ['runs', '--pipeline', 'none'],
    ['runs', '--run-state', 'failed'],
    ['pipelines', '--environment', 'prod'],
    ['agents', '--environment', 'prod'],
    ['pools', '--environment', 'prod'],
    ['audit', '--actor', 'nobody'],
  ];
  for (const args of filtered) {
    expect((await towpath(...args)).out).toMatch(new RegExp(`^No .*All of them: npx towpath ${args[0]}\n$`));
  }
});

test('logs and links come as JSON, too', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim();
  const { attemptId = '', epoch = 1 } = grant ?? {};
  await t.agent.call(AppendLog, {
    params: { attemptId },
    query: { offset: 0, epoch },
    bytes: new TextEncoder().encode('one\ntwo\n'),
  });
  const { out } = await towpath('logs', '1', '--json', ...INT);
  expect(JSON.parse(out)).toEqual({ attemptId, taskId: 'a', number: 1, state: 'granted', log: 'one\ntwo\n' });
  await expect(towpath('logs', '1', '--json', '-f', ...INT)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  expect(JSON.parse((await towpath('console', '--json')).out)).toEqual({
    url: expect.stringMatching(/^http:.*\/open#towpath_link_/),
    expiresAt: expect.any(String),
  });
});
