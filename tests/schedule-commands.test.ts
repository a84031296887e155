// The commands of schedules against a real server; the agents are simulated.
import { readFileSync } from 'node:fs';
import { GetRun, ListRuns } from '@towpath/api';
import { splitCommand } from '@towpath/core';
import { evaluateProject } from '@towpath/sdk';
import { migrate } from '@towpath/server';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import {
  buildSchedule,
  comeDue,
  getOnlySchedule,
  registerScheduled,
} from '../packages/server/src/testing/scheduled-pipeline.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';
import { createTestProject } from './support/test-project.ts';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

function start(args: readonly string[], signal = new AbortController().signal) {
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.engineer, TZ: 'Asia/Tokyo' };
  const world = createTestContext({ env, signal });
  return runProgram(world.context, args).then((code) => ({ code, out: world.out(), err: world.err() }));
}

const towpath = (...args: readonly string[]) => start(args);

/** A leap day at half past two. */
const NIGHTLY = buildSchedule({ name: 'nightly', cron: '30 2 29 2 *', timeZone: 'Europe/London' });

const register = (schedule = NIGHTLY) => registerScheduled(t.agent, 'daily', [schedule]);

test('empty lists teach the next command', async () => {
  expect((await towpath('schedules')).out).toContain("schedules: [schedule({ cron: '30 2 * * *'");
  expect((await towpath('schedules', '--environment', 'prod')).out).toContain('All of them: npx towpath schedules');
  await expect(towpath('schedules', 'show', 'daily')).rejects.toMatchObject({ code: 'SCHEDULE_MISSING' });
  await register();
  expect((await towpath('schedules', 'show', 'daily')).out).toContain('npx towpath schedules run-now daily/nightly');
  await expect(towpath('schedules', 'show', 'daily/other')).rejects.toMatchObject({
    code: 'SCHEDULE_MISSING',
    reason: 'That pipeline has daily/nightly.',
  });
  await expect(towpath('schedules', 'show', 'dialy')).rejects.toMatchObject({ fix: 'Did you mean daily?' });
  await expect(towpath('schedules', 'show', 'daily/nihgtly')).rejects.toMatchObject({
    fix: 'Did you mean daily/nightly?',
  });
});

test('the next slot is shown in the zone of the schedule and in that of the reader', async () => {
  await register();
  const { out } = await towpath('schedules');
  expect(out).toMatch(/SCHEDULE +ENVIRONMENT +CRON +TIME ZONE +NEXT +NEXT \(Asia\/Tokyo\) +STATE +LAST SLOT\n/);
  expect(out).toMatch(
    /daily\/nightly +int +30 2 29 2 \* +Europe\/London +\d{4}-02-29 02:30 +\d{4}-02-29 11:30 +waiting +none yet\n/,
  );
  const { schedules } = JSON.parse((await towpath('schedules', '--json', '--pipeline', 'daily')).out);
  expect(schedules).toMatchObject([{ pipeline: 'daily', name: 'nightly', cron: '30 2 29 2 *' }]);
});

test('show tells the next five slots, and of the last ones what became of them and why', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await register();
  const { id } = await getOnlySchedule(t.engineer, 'daily');
  await comeDue(t.databaseUrl, id);
  await comeDue(t.databaseUrl, id);
  const { out } = await towpath('schedules', 'show', 'daily');
  expect(out).toMatch(/state +running #1\n/);
  expect(out.match(/-02-29 02:30 +\d{4}-02-29 11:30\n/g)).toHaveLength(5);
  expect(out).toMatch(/skipped +- +A run of this schedule had not ended\.\n.* planned +#1 queued\n/);
  await agent.finish(await agent.claim());
  const shown = JSON.parse((await towpath('schedules', 'show', 'daily', '--json')).out);
  expect(shown).toMatchObject({ liveRun: null, lastSlots: [{ outcome: 'skipped' }, { outcome: 'planned' }] });
});

test('pause and resume say what follows', async () => {
  await register();
  const { out } = await towpath('schedules', 'pause', 'daily', '--note', 'source is moving');
  expect(out).toBe(
    'daily/nightly is paused; nothing starts by itself. Go on: npx towpath schedules resume daily/nightly\n',
  );
  expect((await towpath('schedules')).out).toMatch(/- +- +paused by erin: source is moving +none yet\n/);
  expect((await towpath('schedules', 'show', 'daily')).out).toContain('Next slots, were it not paused');
  expect((await towpath('schedules', 'resume', 'daily/nightly')).out).toMatch(/^daily\/nightly ticks; next: .* Europe/);
  expect(JSON.parse((await towpath('schedules', 'pause', 'daily', '--json')).out).paused).toMatchObject({ note: null });
});

test('a name that means several schedules is asked back', async () => {
  await registerScheduled(t.agent, 'daily', [NIGHTLY, buildSchedule({ name: 'weekly' })]);
  await expect(towpath('schedules', 'pause', 'daily')).rejects.toMatchObject({
    code: 'SCHEDULE_AMBIGUOUS',
    reason: 'There are daily/nightly in int, daily/weekly in int.',
  });
  expect((await towpath('schedules', 'pause', 'daily/weekly')).out).toContain('daily/weekly is paused');
});

test('run-now follows its run; while one lasts it says to try again', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await register();
  const waiting = towpath('schedules', 'run-now', 'daily', '--note', 'after the fix');
  const grants = await agent.claim(5, 20_000);
  const refused = await towpath('schedules', 'run-now', 'daily');
  expect(refused).toMatchObject({ code: 75, err: expect.stringMatching(/^SCHEDULE_RUNNING: .* Try again later\.\n$/) });
  await agent.finish(grants);
  const { code, out } = await waiting;
  expect(code).toBe(0);
  expect(out).toMatch(/daily-int #1 succeeded/);
  const run = JSON.parse((await towpath('schedules', 'run-now', 'daily', '--no-wait', '--json')).out);
  expect(run).toMatchObject({ number: 2, trigger: 'manual', note: null });
});

test('run-now with the same key follows the run of the first time', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await register();
  const once = ['schedules', 'run-now', 'daily', '--once', 'job-1', '--no-wait', '--json'];
  const first = JSON.parse((await towpath(...once)).out);
  expect(first.note).toBe('once: job-1');
  expect(JSON.parse((await towpath(...once)).out).id).toBe(first.id);
  await agent.finish(await agent.claim(), { outcome: 'failed', exitCode: 3 });
  expect((await towpath('schedules', 'run-now', 'daily', '--once', 'job-1')).code).toBe(1);
  const { runs } = await t.engineer.call(ListRuns, { query: { pipeline: 'daily' } });
  expect(runs).toHaveLength(1);
});

test('run-now that is stopped cancels its run only where it was told to', async () => {
  const agent = await openSimulatedAgent(t.agent);
  await register();
  const stop = new AbortController();
  const waiting = start(['schedules', 'run-now', 'daily', '--cancel-when-stopped'], stop.signal);
  const [grant] = await agent.claim(5, 20_000);
  if (!grant) throw new Error('nothing was granted');
  stop.abort('SIGTERM');
  expect((await waiting).code).toBe(130);
  const { runId } = grant;
  await waitFor('the wish to cancel', 20_000, async () => {
    const run = await t.engineer.call(GetRun, { params: { runId } });
    return run.isCancelRequested;
  });
  await agent.finish([grant], { outcome: 'cancelled', exitCode: null });
});

const readPage = () => readFileSync(new URL('../docs/reference/schedules.md', import.meta.url), 'utf8');

test('every command on the page about schedules runs', async () => {
  await register();
  const blocks = [...readPage().matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const commands = blocks.flatMap((block) => block.trim().split('\n'));
  expect(commands).toHaveLength(6);
  for (const command of commands) {
    const [program, ...args] = splitCommand(command);
    expect(program).toBe('towpath');
    expect((await towpath(...args)).code, command).toBe(0);
  }
});

test('the pipeline on the page about schedules is loaded, with its schedule', async () => {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readPage()) ?? [];
  const project = createTestProject('schedules-page');
  try {
    project.write('pipelines/daily.ts', code);
    const { pipelines, error } = await evaluateProject({ folder: project.folder, timeoutMs: 30_000 });
    expect(error).toBeNull();
    expect(pipelines[0]?.graph.schedules).toMatchObject([{ name: 'nightly', parameters: { region: 'us' } }]);
  } finally {
    project.remove();
  }
});

test('render prints a CronJob as YAML, as the page about schedules shows it', async () => {
  await register({ ...NIGHTLY, cron: '30 2 * * *', startDeadlineSeconds: 900 });
  const { out } = await towpath('schedules', 'render', 'daily', '--image', 'registry.example.com/towpath:0.1.0');
  expect(readPage()).toContain(`\`\`\`yaml\n${out}\`\`\`\n`);
  await towpath('schedules', 'pause', 'daily');
  const paused = await towpath('schedules', 'render', 'daily', '--image', 'x', '--json');
  expect(JSON.parse(paused.out).spec.suspend).toBe(true);
  const active = await towpath('schedules', 'render', 'daily', '--image', 'x', '--active', '--json');
  expect(JSON.parse(active.out)).toMatchObject({ metadata: { namespace: 'default' }, spec: { suspend: false } });
});
