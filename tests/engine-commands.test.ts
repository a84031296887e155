// The commands of the engine against a real server; the agents are simulated.
import { GetRun, RegisterCode, StartRun } from '@towpath/api';
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
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.engineer };
  const world = createTestContext({ env });
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
  expect((await towpath('attempts', '1', ...INT)).out).toContain('GIVEN_UP; erin gave it up');
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
