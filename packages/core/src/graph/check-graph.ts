// A graph is checked once, at registration; afterwards nobody asks again whether it can be executed.
import { checkGraphOptions } from './check-graph-options.ts';
import type { Graph } from './graph.ts';
import type { GraphProblem } from './graph-problem.ts';
import { isValidName } from './names.ts';
import { sortTasks } from './sort-tasks.ts';

/** Larger graphs are refused: 5,000 tasks is the size the console draws (design §13); twice that leaves room. */
export const MAX_TASKS = 10_000;

/** Lists everything that is wrong with a graph, all problems together; an empty list means it can be registered. */
export function checkGraph(graph: Graph): readonly GraphProblem[] {
  if (graph.tasks.length === 0) return [{ code: 'GRAPH_EMPTY', detail: 'a pipeline needs at least one task' }];
  if (graph.tasks.length > MAX_TASKS) {
    return [{ code: 'GRAPH_TOO_LARGE', detail: `${graph.tasks.length} tasks; the limit is ${MAX_TASKS}` }];
  }
  const problems = [...checkNames(graph), ...checkDependencies(graph), ...checkGraphOptions(graph)];
  return problems.length > 0 ? problems : checkCycles(graph);
}

function checkNames(graph: Graph): GraphProblem[] {
  const problems: GraphProblem[] = [];
  if (!isValidName(graph.pipeline))
    problems.push({ code: 'PIPELINE_NAME_INVALID', detail: JSON.stringify(graph.pipeline) });
  const seen = new Set<string>();
  for (const task of graph.tasks) {
    const { id } = task;
    if (!isValidName(id)) problems.push({ code: 'TASK_ID_INVALID', taskId: id, detail: JSON.stringify(id) });
    if (seen.has(id)) problems.push({ code: 'TASK_ID_DUPLICATE', taskId: id, detail: id });
    if (task.kind === 'datakit' && task.argv.length === 0)
      problems.push({ code: 'COMMAND_EMPTY', taskId: id, detail: 'the command has no words' });
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

function checkCycles(graph: Graph): GraphProblem[] {
  const sorted = new Set(sortTasks(graph.tasks).map(({ id }) => id));
  const left = graph.tasks.filter(({ id }) => !sorted.has(id)).map(({ id }) => id);
  return left.length === 0 ? [] : [{ code: 'GRAPH_CYCLIC', detail: left.slice(0, 20).join(', ') }];
}
