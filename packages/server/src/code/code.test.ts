import { GetRun, ListPipelines, ListRuns, RegisterCode, StartRun } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildGraph, buildRegistration, buildTask } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t.close());

const register = (pipelines: string[], location: string, argv = ['true']) =>
  t.agent.call(RegisterCode, {
    body: buildRegistration(
      pipelines.map((name) => buildGraph(name, [buildTask('a', { argv })])),
      location,
    ),
  });
const list = async (location: string) => {
  const { pipelines, codeLocations } = await t.engineer.call(ListPipelines, { query: { environment: 'int' } });
  return {
    pipelines: pipelines.filter(({ codeLocation }) => codeLocation === location),
    location: codeLocations.find(({ name }) => name === location),
  };
};
const start = (pipeline: string, environment = 'int') => t.engineer.call(StartRun, { body: { pipeline, environment } });

describe('registering code', () => {
  test('replaces the pipelines of its location as a whole', async () => {
    expect(await register(['one', 'two'], 'whole')).toEqual({ registered: 2, removed: 0 });
    expect(await register(['two', 'three'], 'whole')).toEqual({ registered: 2, removed: 1 });
    expect((await list('whole')).pipelines.map(({ name }) => name)).toEqual(['three', 'two']);
    await expect(start('one')).rejects.toMatchObject({ code: 'PIPELINE_UNKNOWN' });
    expect(await register([], 'whole')).toEqual({ registered: 0, removed: 2 });
  });

  test('an unchanged pipeline keeps hash and time, a changed one gets new ones', async () => {
    await register(['same'], 'unchanged');
    const before = (await list('unchanged')).pipelines;
    await register(['same'], 'unchanged');
    expect((await list('unchanged')).pipelines).toEqual(before);
    await register(['same'], 'unchanged', ['false']);
    const [after] = (await list('unchanged')).pipelines;
    expect(after?.graphHash).not.toBe(before[0]?.graphHash);
    expect(after?.tasks[0]?.argv).toEqual(['false']);
  });

  test('an error is kept beside the last good pipelines, until the next good load', async () => {
    await register(['good'], 'broken');
    const error = { code: 'CODE_INVALID', message: 'Unexpected token', cause: 'pipelines/good.ts:3' };
    const body = { ...buildRegistration([], 'broken'), sourceHash: 'b'.repeat(64), error };
    expect(await t.agent.call(RegisterCode, { body })).toEqual({ registered: 0, removed: 0 });
    const broken = await list('broken');
    expect(broken.location).toMatchObject({ error, sourceHash: 'a'.repeat(64) });
    expect(broken.pipelines).toHaveLength(1);
    await register(['good'], 'broken');
    expect((await list('broken')).location?.error).toBeNull();
  });

  test('all problems of all graphs are listed, and nothing is stored', async () => {
    const cyclic = buildGraph('cyclic', [buildTask('a', { dependsOn: ['b'] }), buildTask('b', { dependsOn: ['a'] })]);
    const graphs = [cyclic, buildGraph('Bad Name', [buildTask('x')]), buildGraph('empty', []), buildGraph('empty', [])];
    const call = t.agent.call(RegisterCode, { body: buildRegistration(graphs, 'invalid') });
    await expect(call).rejects.toMatchObject({
      code: 'GRAPH_INVALID',
      status: 422,
      reason: expect.stringMatching(/GRAPH_CYCLIC.*PIPELINE_NAME_INVALID.*GRAPH_EMPTY.*PIPELINE_NAME_DUPLICATE/s),
    });
    expect((await list('invalid')).location).toBeUndefined();
  });

  test('many registrations at once leave one of them whole', async () => {
    const sets = [
      ['p', 'q'],
      ['q', 'r'],
      ['r', 's'],
      ['p', 's'],
    ];
    await Promise.all(sets.map((set) => register(set, 'busy')));
    const names = (await list('busy')).pipelines.map(({ name }) => name);
    expect(sets.map((set) => set.join())).toContain(names.join());
  });

  test('text that can not be stored is REQUEST_INVALID', async () => {
    for (const argv of [['a\0b'], ['\ud800']]) {
      await expect(register(['nul'], 'nul', argv)).rejects.toMatchObject({ code: 'REQUEST_INVALID', status: 400 });
    }
  });

  test('a graph of 5,000 tasks is registered, started and read', async () => {
    const tasks = Array.from({ length: 5000 }, (_, index) =>
      buildTask(`t${index}`, { dependsOn: index === 0 ? [] : [`t${index - 1}`, `t${Math.floor(index / 2)}`] }),
    );
    await t.agent.call(RegisterCode, { body: buildRegistration([buildGraph('large', tasks)], 'large') });
    const run = await start('large');
    expect(run.taskCounts).toEqual({ ready: 1, waiting: 4999 });
    expect((await t.engineer.call(GetRun, { params: { runId: run.id } })).tasks).toHaveLength(5000);
  });
});

describe('runs', () => {
  test('are numbered per environment without gaps, many starts at once', async () => {
    await register(['numbered'], 'numbered');
    const runs = await Promise.all(Array.from({ length: 12 }, () => start('numbered')));
    await expect(start('nothing')).rejects.toMatchObject({ code: 'PIPELINE_UNKNOWN' });
    const next = await start('numbered');
    const numbers = [...runs, next].map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    expect(next.name).toBe(`numbered-int #${next.number}`);
    expect(next).toMatchObject({ createdBy: 'erin', trigger: 'manual', state: 'queued' });
  });

  test('keep the graph they were started with', async () => {
    await register(['pinned'], 'pinned', ['old']);
    await start('pinned');
    await register(['pinned'], 'pinned', ['new']);
    const agent = await openSimulatedAgent(t.agent);
    const grants = (await agent.claim(1000)).filter(({ pipeline }) => pipeline === 'pinned');
    expect(grants.map(({ argv }) => argv)).toEqual([['old']]);
  });

  test('are listed newest first in pages that hold each once', async () => {
    await register(['paged'], 'paged');
    const started = [];
    for (let index = 0; index < 7; index += 1) started.push((await start('paged')).id);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const query = { pipeline: 'paged', environment: 'int', limit: 3, ...(after === undefined ? {} : { after }) };
      const page = await t.engineer.call(ListRuns, { query });
      seen.push(...page.runs.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(started.toReversed());
    const { pipelines } = await t.engineer.call(ListPipelines, { query: {} });
    expect(pipelines.find(({ name }) => name === 'paged')?.lastRuns.map(({ id }) => id)).toEqual(seen);
  });

  test('a cursor that is none is REQUEST_INVALID', async () => {
    const call = t.engineer.call(ListRuns, { query: { after: 'bm9uc2Vuc2U' } });
    await expect(call).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('of an unknown environment are ENVIRONMENT_UNKNOWN', async () => {
    await expect(start('paged', 'nowhere')).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
  });
});
