// Tasks become a graph. All mistakes are reported together, so that an author corrects them in one go.
import {
  checkGraph,
  GRAPH_SCHEMA_VERSION,
  type Graph,
  type GraphProblem,
  type ParameterSchemas,
  type RetryPolicy,
  TowpathError,
} from '@towpath/core';
import { noteDefined } from './defined-pipelines.ts';
import { PIPELINE_MARK, type PipelineDefinition, TASK_FUNCTIONS, type TaskDefinition } from './definitions.ts';
import { isInTaskRunner } from './in-task-runner.ts';
import { checkKnownOptions } from './known-options.ts';
import type { ScheduleEntry } from './schedule.ts';
import { checkLimits } from './task-options.ts';
import { checkText } from './text-limits.ts';

export interface PipelineOptions {
  /** Unique in the project: 1–63 of a–z 0–9 . _ - with a letter or digit at both ends. */
  readonly name: string;
  readonly description?: string;
  readonly tasks: readonly TaskDefinition[];
  /** For tasks that name none. Default: no retry. */
  readonly retry?: RetryPolicy;
  /** For tasks that name none, per attempt. Default: an hour. */
  readonly timeoutSeconds?: number;
  /** What a run may be started with, in words of JSON Schema: `{ day: { type: 'string', format: 'date' } }`. */
  readonly parameters?: ParameterSchemas;
  /** When it runs by itself: `[schedule({ cron: '30 2 * * *' })]`. */
  readonly schedules?: readonly ScheduleEntry[];
}

const NO_RETRY = { limit: 0, delaySeconds: 0 };

/** Long enough for most loads; a command that hangs still ends the same day. */
const DEFAULT_TIMEOUT_SECONDS = 3600;

/**
 * Defines a pipeline. Pure: the same options give the same graph.
 *
 * @throws TowpathError `PIPELINE_INVALID` whose cause lists every problem: names, unknown dependencies, cycles, options
 */
export function definePipeline(options: PipelineOptions): PipelineDefinition {
  const { name, description = '', parameters, schedules } = options;
  const { retry = NO_RETRY, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const tasks = options.tasks.map((definition) => ({
    ...definition.task,
    id: definition.id,
    retry: { ...(definition.retry ?? retry) },
    timeoutSeconds: definition.timeoutSeconds ?? timeoutSeconds,
  }));
  const graph: Graph = {
    schemaVersion: GRAPH_SCHEMA_VERSION,
    pipeline: name,
    description,
    tasks,
    ...(parameters && { parameters }),
    ...(schedules && { schedules: schedules.map((entry) => entry.schedule) }),
  };
  // A runner's code was checked when it was registered; checking it again is a tenth of what a small function costs.
  const problems = isInTaskRunner() ? [] : [...checkOptions(options), ...checkGraph(graph).map(describeProblem)];
  if (problems.length > 0) throw invalid(name, problems);
  const functions = new Map(options.tasks.flatMap(({ id, run }) => (run === undefined ? [] : [[id, run] as const])));
  if (functions.size > 0) noteDefined(name);
  return { name, graph, [PIPELINE_MARK]: true, [TASK_FUNCTIONS]: functions };
}

/** Longest description a server accepts. */
const MAX_DESCRIPTION_CHARACTERS = 4096;

const KNOWN_OPTIONS = [
  'name',
  'description',
  'tasks',
  'retry',
  'timeoutSeconds',
  'parameters',
  'schedules',
] as const satisfies readonly (keyof PipelineOptions)[];

function checkOptions(options: PipelineOptions): string[] {
  const { description = '', retry, timeoutSeconds, tasks, schedules = [] } = options;
  const ofNames = checkKnownOptions(options, KNOWN_OPTIONS);
  const ofTasks = tasks.flatMap(({ id, problems }) => problems.map((problem) => `task ${id}: ${problem}`));
  const ofSchedules = schedules.flatMap((entry) =>
    entry.problems.map((problem) => `schedule ${entry.schedule.name}: ${problem}`),
  );
  const ofDescription = checkText('the description', description, MAX_DESCRIPTION_CHARACTERS);
  return [...ofNames, ...ofDescription, ...checkLimits(retry, timeoutSeconds), ...ofTasks, ...ofSchedules];
}

const NAME_RULE = '1–63 of a–z 0–9 . _ - with a letter or digit at both ends';

function describeProblem({ code, taskId, detail }: GraphProblem): string {
  switch (code) {
    case 'PIPELINE_NAME_INVALID':
      return `the name ${detail} is not allowed (${NAME_RULE})`;
    case 'TASK_ID_INVALID':
      return `the task id ${detail} is not allowed (${NAME_RULE})`;
    case 'TASK_ID_DUPLICATE':
      return `two tasks have the id ${detail}`;
    case 'TASK_DEPENDENCY_UNKNOWN':
      return `task ${taskId} depends on ${detail}, which is not in this pipeline`;
    case 'GRAPH_CYCLIC':
      return `tasks wait for each other in a circle: ${detail}`;
    case 'COMMAND_EMPTY':
      return `task ${taskId}: ${detail}`;
    case 'TASK_INPUT_UNKNOWN':
      return `task ${taskId} reads the result of ${detail}, which it does not depend on`;
    case 'PLACEHOLDER_UNKNOWN':
      return `task ${taskId}: {{ ${detail} }} names nothing`;
    case 'PARAMETER_INVALID':
      return `parameter: ${detail}`;
    case 'TASK_POOL_INVALID':
      return `task ${taskId}: the pool ${detail} has no name that is allowed`;
    case 'TASK_DEPENDENCY_MISSING':
      return `task ${taskId}: ${detail}`;
    default:
      return detail;
  }
}

function invalid(name: string, problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'PIPELINE_INVALID',
    message: `Pipeline ${name} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`,
    cause: problems.join('; '),
    fix: 'Correct its definition and save; it is loaded again at once.',
  });
}
