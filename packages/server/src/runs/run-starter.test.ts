// Starts that come at once: each its own run or its own refusal, whatever shared its transaction.
import { ApiError, GetRun, ListAudit, type RunSummary, StartRun } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

test('of many starts at once each has its run, its number, its tasks and its audit entry, and a bad one its own error', async () => {
  const first = await t.engineer.call(GetRun, {
    params: { runId: await startRunOf(t, [buildTask('a'), buildTask('b', { dependsOn: ['a'] })]) },
  });
  const { pipeline, environment } = first;
  const start = (body: object) =>
    t.engineer
      .call(StartRun, { body: { pipeline, environment, ...body } })
      .catch((thrown: unknown) => (thrown instanceof ApiError ? thrown.problem.code : 'another error'));
  const asked = Array.from({ length: 40 }, (_, at) => {
    if (at % 10 === 3) return start({ pipeline: 'unknown' });
    if (at % 10 === 5) return start({ parameters: { nobody: 1 } });
    if (at % 10 === 7) return start({ note: 'with a NUL \u0000' });
    return start({ note: `note ${at}` });
  });
  const answers = await Promise.all(asked);
  const refusals = answers.filter((answer) => typeof answer === 'string');
  const codes = ['PARAMETERS_INVALID', 'PIPELINE_UNKNOWN', 'REQUEST_INVALID'];
  expect(refusals.sort()).toEqual(codes.flatMap((code) => Array.from({ length: 4 }, () => code)));
  const runs = answers.filter((answer): answer is RunSummary => typeof answer !== 'string');
  expect(new Set(runs.map(({ number }) => number)).size).toBe(28);
  expect(answers.every((answer, at) => typeof answer === 'string' || answer.note === `note ${at}`)).toBe(true);
  const detail = await t.engineer.call(GetRun, { params: { runId: runs[5]?.id ?? '' } });
  expect(detail.tasks.map(({ id, state }) => [id, state])).toEqual([
    ['a', 'ready'],
    ['b', 'waiting'],
  ]);
  const listNoted = async () => {
    const { entries } = await t.engineer.call(ListAudit, { query: { action: 'run.started', limit: 100 } });
    return entries.filter(({ why }) => why?.startsWith('note ')).map(({ subject, why }) => [subject.id, why]);
  };
  // They are listed when they are linked to the chain, after their commit.
  const noted = await waitFor('the entries to be linked', 10_000, async () => {
    const found = await listNoted();
    return found.length >= runs.length && found;
  });
  expect(noted.sort()).toEqual(runs.map(({ id, note }) => [id, note]).sort());
});
