import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGraph, MAX_TASKS } from './check-graph.ts';
import type { Graph, GraphTask } from './graph.ts';
import { isValidName } from './names.ts';

function createTask(id: string, dependsOn: readonly string[] = []): GraphTask {
  return {
    id,
    kind: 'datakit',
    datakit: { name: 'sqlserver-bronze', version: '0.1.0' },
    argv: ['true'],
    environmentVariables: {},
    dependsOn,
    retry: { limit: 0, delaySeconds: 0 },
    timeoutSeconds: 60,
    idempotent: false,
  };
}

function createGraph(tasks: readonly GraphTask[], pipeline = 'example'): Graph {
  return { schemaVersion: 1, pipeline, description: '', tasks };
}

function codesOf(graph: Graph): readonly string[] {
  return checkGraph(graph).map(({ code }) => code);
}

describe('checkGraph', () => {
  it('accepts a diamond', () => {
    const tasks = [createTask('a'), createTask('b', ['a']), createTask('c', ['a']), createTask('d', ['b', 'c'])];
    expect(checkGraph(createGraph(tasks))).toEqual([]);
  });

  it('refuses a cycle and names the tasks on it', () => {
    const tasks = [createTask('start'), createTask('a', ['b', 'start']), createTask('b', ['a'])];
    expect(checkGraph(createGraph(tasks))).toEqual([{ code: 'GRAPH_CYCLIC', detail: 'a, b' }]);
  });

  it('refuses a task that depends on itself', () => {
    expect(codesOf(createGraph([createTask('a', ['a'])]))).toEqual(['GRAPH_CYCLIC']);
  });

  it('accepts the same dependency named twice', () => {
    expect(checkGraph(createGraph([createTask('a'), createTask('b', ['a', 'a'])]))).toEqual([]);
  });

  it('reports all problems together', () => {
    const tasks = [createTask('a'), createTask('a'), createTask('../x'), { ...createTask('b', ['nowhere']), argv: [] }];
    expect(codesOf(createGraph(tasks, 'No Good'))).toEqual([
      'PIPELINE_NAME_INVALID',
      'TASK_ID_DUPLICATE',
      'TASK_ID_INVALID',
      'COMMAND_EMPTY',
      'TASK_DEPENDENCY_UNKNOWN',
    ]);
  });

  it('refuses an empty graph and one that is too large', () => {
    expect(codesOf(createGraph([]))).toEqual(['GRAPH_EMPTY']);
    const many = Array.from({ length: MAX_TASKS + 1 }, (_, i) => createTask(`t${i}`));
    expect(codesOf(createGraph(many))).toEqual(['GRAPH_TOO_LARGE']);
  });

  it('accepts exactly the graphs whose dependencies can be ordered', () => {
    const arbitrary = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(arbitrary, (edges) => {
        const tasks = edges.map((upstream, i) =>
          createTask(
            `t${i}`,
            upstream.filter((u) => u < edges.length).map((u) => `t${u}`),
          ),
        );
        expect(checkGraph(createGraph(tasks)).length === 0).toBe(canBeOrdered(tasks));
      }),
    );
  });
});

/** Orders by repeatedly taking any task whose dependencies were taken: slow, and plainly right. */
function canBeOrdered(tasks: readonly GraphTask[]): boolean {
  const taken = new Set<string>();
  for (let round = 0; round < tasks.length; round += 1) {
    for (const { id, dependsOn } of tasks) if (dependsOn.every((upstream) => taken.has(upstream))) taken.add(id);
  }
  return taken.size === tasks.length;
}

describe('isValidName', () => {
  it.each(['a', 'ingest-dbo-customer', 'x.y_z-1', 'a'.repeat(63)])('accepts %s', (name) => {
    expect(isValidName(name)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'A', 'a b', 'a/b', '..', 'ä', 'a\n', 'a'.repeat(64), '\u202Eabc'])('refuses %j', (name) => {
    expect(isValidName(name)).toBe(false);
  });
});
