// The pipeline of docs/reference/pipelines.md is evaluated and registered as it stands there.
import { readFileSync } from 'node:fs';
import { RegisterCode } from '@towpath/api';
import { TRIGGER_RULES } from '@towpath/core';
import { datakitTask, definePipeline, evaluateProject, functionTask } from '@towpath/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createTestClient } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PAGE = readFileSync(new URL('../docs/reference/pipelines.md', import.meta.url), 'utf8');

let plane: ControlPlane;
let project: TestProject;
beforeAll(async () => {
  plane = await startControlPlane();
  project = createTestProject('pipelines-reference');
});
afterAll(async () => {
  await plane.close();
  project.remove();
});

test('the documented pipeline says what its page says, and a server accepts it with the documented pools', async () => {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(PAGE) ?? [];
  project.write('pipelines/daily-orders.ts', code);
  const evaluation = await evaluateProject({ folder: project.folder, timeoutMs: 20_000 });
  expect(evaluation.error).toBeNull();
  const [pipeline] = evaluation.pipelines;
  expect(pipeline?.graph.tasks.map(({ id, kind, triggerRule = 'all_succeeded' }) => [id, kind, triggerRule])).toEqual([
    ['ingest-orders', 'datakit', 'all_succeeded'],
    ['report', 'function', 'all_succeeded'],
    ['tell-somebody', 'function', 'one_failed'],
  ]);
  const datakits = pipeline ? { ...pipeline.graph, tasks: pipeline.graph.tasks.slice(0, 1) } : undefined;
  const body = {
    name: 'documented',
    sourceHash: evaluation.sourceHash,
    pipelines: datakits ? [{ sourceFile: 'pipelines/daily-orders.ts', graph: datakits }] : [],
    error: null,
  };
  const agent = createTestClient(plane.url, plane.agentToken);
  await expect(agent.call(RegisterCode, { body })).rejects.toMatchObject({ code: 'GRAPH_INVALID' });
  const [, declared = ''] = /```yaml\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const pools = Object.fromEntries(
    [...declared.matchAll(/^ {2}(\w+): (\d+)$/gm)].map(([, name, slots]) => [name, Number(slots)]),
  );
  expect(await agent.call(RegisterCode, { body: { ...body, pools } })).toEqual({ registered: 1, removed: 0 });
});

/** Rows of the table under a heading, as cells. */
function readTable(heading: string): string[][] {
  const section = PAGE.split(/^#+ /m).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

const unquote = (cell = ''): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;

/** Properties of an interface as they are written: name, whether it may be left out, type. */
function readInterface(file: string, name: string): string[][] {
  const source = readFileSync(new URL(`../packages/sdk/src/authoring/${file}`, import.meta.url), 'utf8');
  const [, body = ''] = new RegExp(`export interface ${name}\\b[^{]*\\{\n([\\s\\S]*?)\n\\}`).exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)(\??): (.*);$/gm)].map(([, option, optional, type]) => [
    option ?? '',
    optional === '?' ? 'optional' : 'required',
    type ?? '',
  ]);
}

test.each([
  ['Options of every task', 'task-options.ts', 'TaskOptions'],
  ['Options of `datakitTask`', 'datakit-task.ts', 'DatakitTaskOptions'],
  ['Options of `functionTask`', 'function-task.ts', 'FunctionTaskOptions'],
])('%s are those of the code, with their types', (heading, file, name) => {
  const documented = readTable(heading).map(([option, type, byDefault]) => [
    unquote(option),
    byDefault === 'required' ? 'required' : 'optional',
    unquote(type),
  ]);
  expect(documented.length).toBeGreaterThan(1);
  expect(documented).toEqual(readInterface(file, name));
});

test('the documented defaults are what the graph of a task without options says', () => {
  const tasks = [
    datakitTask({ id: 'a', datakit: 'steps', version: '1.0.0', command: 'steps' }),
    functionTask({ id: 'b', run: () => undefined }),
  ];
  const graph = definePipeline({ name: 'defaults', tasks }).graph;
  const [datakit, ofFunction] = graph.tasks.map((task) => new Map(Object.entries(task)));
  for (const [heading, task] of [
    ['Options of every task', datakit],
    ['Options of every task', ofFunction],
    ['Options of `functionTask`', ofFunction],
  ] as const) {
    for (const [option, , byDefault] of readTable(heading)) {
      if (byDefault === 'required') continue;
      const said = task?.get(unquote(option));
      // A trigger rule that is not said is the first of them.
      const shown = option === '`triggerRule`' ? (said ?? Object.keys(TRIGGER_RULES)[0]) : said;
      const text = shown === undefined ? 'none' : typeof shown === 'string' ? shown : JSON.stringify(shown);
      expect([option, unquote(byDefault)]).toEqual([option, text]);
    }
  }
});
