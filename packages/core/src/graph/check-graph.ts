// A graph is checked once, at registration; afterwards nobody asks again whether it can be executed.
import type { Graph, GraphTask } from './graph.ts';

/** One reason why a graph can't be registered; `taskId` is absent when it concerns the whole graph. */
export interface GraphProblem {
  readonly code:
    | 'PIPELINE_NAME_INVALID'
    | 'TASK_ID_INVALID'
    | 'TASK_ID_DUPLICATE'
    | 'TASK_DEPENDENCY_UNKNOWN'
    | 'GRAPH_CYCLIC'
    | 'GRAPH_EMPTY'
    | 'GRAPH_TOO_LARGE'
    | 'COMMAND_EMPTY';
  readonly taskId?: string;
  readonly detail: string;
}

/** Larger graphs are refused: 5,000 tasks is the size the console draws (design §13); twice that leaves room. */
export const MAX_TASKS = 10_000;

// Names travel into paths, URLs, process names and SQL identifiers; this alphabet is safe in all of them.
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/;

/** Tells whether a pipeline or task may have this name: 1–63 of a–z 0–9 . _ - with a letter or digit at both ends. */
export function isValidName(name: string): boolean {
  return NAME.test(name);
}

/** Lists everything that is wrong with a graph, all problems together; an empty list means it can be registered. */
export function checkGraph(graph: Graph): readonly GraphProblem[] {
  if (graph.tasks.length === 0) return [{ code: 'GRAPH_EMPTY', detail: 'a pipeline needs at least one task' }];
  if (graph.tasks.length > MAX_TASKS) {
    return [{ code: 'GRAPH_TOO_LARGE', detail: `${graph.tasks.length} tasks; the limit is ${MAX_TASKS}` }];
  }
  const problems = [...checkNames(graph), ...checkDependencies(graph)];
  return problems.length > 0 ? problems : checkCycles(graph);
}

function checkNames(graph: Graph): GraphProblem[] {
  const problems: GraphProblem[] = [];
  if (!isValidName(graph.pipeline))
    problems.push({ code: 'PIPELINE_NAME_INVALID', detail: JSON.stringify(graph.pipeline) });
  const seen = new Set<string>();
  for (const { id, argv } of graph.tasks) {
    if (!isValidName(id)) problems.push({ code: 'TASK_ID_INVALID', taskId: id, detail: JSON.stringify(id) });
    if (seen.has(id)) problems.push({ code: 'TASK_ID_DUPLICATE', taskId: id, detail: id });
    if (argv.length === 0) problems.push({ code: 'COMMAND_EMPTY', taskId: id, detail: 'the command has no words' });
    seen.add(id);
  }
  return problems;
}

function checkDependencies(graph: Graph): GraphProblem[] {
  const ids = new Set(graph.tasks.map(({ id }) => id));
  return graph.tasks.flatMap((task) =>
    task.dependsOn
      .filter((upstream) => !ids.has(upstream))
      .map((upstream) => ({ code: 'TASK_DEPENDENCY_UNKNOWN' as const, taskId: task.id, detail: upstream })),
  );
}

// Kahn's algorithm; what can't be ordered lies on a cycle or behind one.
function checkCycles(graph: Graph): GraphProblem[] {
  const waitingOn = new Map(graph.tasks.map((task) => [task.id, new Set(task.dependsOn).size]));
  const dependants = collectDependants(graph.tasks);
  const ready = graph.tasks.filter((task) => waitingOn.get(task.id) === 0).map(({ id }) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    waitingOn.delete(id);
    for (const next of dependants.get(id) ?? []) {
      const left = (waitingOn.get(next) ?? 0) - 1;
      waitingOn.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return waitingOn.size === 0 ? [] : [{ code: 'GRAPH_CYCLIC', detail: [...waitingOn.keys()].slice(0, 20).join(', ') }];
}

function collectDependants(tasks: readonly GraphTask[]): Map<string, string[]> {
  const dependants = new Map<string, string[]>();
  for (const task of tasks) {
    for (const upstream of new Set(task.dependsOn)) {
      dependants.set(upstream, [...(dependants.get(upstream) ?? []), task.id]);
    }
  }
  return dependants;
}
