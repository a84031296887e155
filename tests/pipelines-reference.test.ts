// The pipeline of docs/reference/pipelines.md is evaluated and registered as it stands there.
import { readFileSync } from 'node:fs';
import { RegisterCode } from '@towpath/api';
import { evaluateProject } from '@towpath/sdk';
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
