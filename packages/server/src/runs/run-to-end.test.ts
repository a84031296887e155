import { ClaimAttempts, FinishAttempts, GetRun, ReportStarted } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildFinish, buildTask, openSession, startRunOf } from '../testing/builders.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

test('a run of two tasks is claimed, finished in order and ends succeeded', async () => {
  const runId = await startRunOf(t, [buildTask('extract'), buildTask('load', { dependsOn: ['extract'] })]);
  const { sessionId } = await openSession(t.agent);
  const params = { sessionId };
  const claimed = await t.agent.call(ClaimAttempts, { params, body: { slots: 5, waitMs: 0 } });
  expect(claimed.attempts.map(({ taskId, runName }) => [taskId, runName])).toEqual([['extract', 'daily-int #1']]);
  const first = claimed.attempts.map(({ attemptId, epoch }) => ({ attemptId, epoch }));
  expect(await t.agent.call(ReportStarted, { params, body: { attempts: first } })).toEqual({ stale: [] });
  const next = await t.agent.call(FinishAttempts, {
    params,
    body: { attempts: claimed.attempts.map((grant) => buildFinish(grant, { result: { rows: 3 } })), slots: 5 },
  });
  expect(next.stale).toEqual([]);
  expect(next.attempts.map(({ taskId }) => taskId)).toEqual(['load']);
  await t.agent.call(FinishAttempts, {
    params,
    body: { attempts: next.attempts.map((grant) => buildFinish(grant)), slots: 0 },
  });
  const run = await t.engineer.call(GetRun, { params: { runId } });
  expect(run).toMatchObject({ state: 'succeeded', taskCounts: { succeeded: 2 }, name: 'daily-int #1' });
  expect(run.tasks[0]?.attempts[0]?.result).toEqual({ rows: 3 });
});
