// What a graph asks for besides its shape: inputs, pools, placeholders, parameters, schedules.
import { checkSchedule } from '../schedules/check-schedule.ts';
import type { Graph, GraphTask } from './graph.ts';
import type { GraphProblem } from './graph-problem.ts';
import { isValidPoolName } from './names.ts';
import { checkParameterSchemas } from './parameters.ts';
import { listUnknownPlaceholders } from './placeholders.ts';

/** Lists what is wrong with the options of a graph and its tasks. */
export function checkGraphOptions(graph: Graph): readonly GraphProblem[] {
  const parameterNames = Object.keys(graph.parameters ?? {});
  const ofParameters = checkParameterSchemas(graph.parameters ?? {}).map((detail) => ({
    code: 'PARAMETER_INVALID' as const,
    detail,
  }));
  return [
    ...ofParameters,
    ...graph.tasks.flatMap((task) => checkTask(task, parameterNames)),
    ...checkSchedules(graph, ofParameters.length === 0),
  ];
}

function checkTask(task: GraphTask, parameterNames: readonly string[]): GraphProblem[] {
  const { id: taskId, pool, inputs = [], dependsOn } = task;
  const texts = [...(task.kind === 'datakit' ? task.argv : []), ...Object.values(task.environmentVariables)];
  const unknown = texts.flatMap((text) => listUnknownPlaceholders(text, parameterNames));
  const problems: GraphProblem[] = [...new Set(unknown)].map((detail) => ({
    code: 'PLACEHOLDER_UNKNOWN',
    taskId,
    detail,
  }));
  if (pool !== undefined && !isValidPoolName(pool))
    problems.push({ code: 'TASK_POOL_INVALID', taskId, detail: JSON.stringify(pool) });
  if (task.triggerRule === 'one_failed' && dependsOn.length === 0)
    problems.push({ code: 'TASK_DEPENDENCY_MISSING', taskId, detail: 'one_failed needs a task it depends on' });
  for (const input of inputs.filter((id) => !dependsOn.includes(id)))
    problems.push({ code: 'TASK_INPUT_UNKNOWN', taskId, detail: input });
  return problems;
}

// Values can only be checked against declarations that are right themselves.
function checkSchedules({ schedules = [], parameters = {} }: Graph, areDeclarationsRight: boolean): GraphProblem[] {
  const schemas = areDeclarationsRight ? parameters : undefined;
  const names = new Set<string>();
  return schedules.flatMap((schedule) => {
    const problems = [...checkSchedule(schedule, schemas)];
    if (names.has(schedule.name)) problems.push('another schedule has the same name');
    names.add(schedule.name);
    return problems.map((why) => ({ code: 'SCHEDULE_INVALID' as const, detail: `schedule ${schedule.name}: ${why}` }));
  });
}
