// A task that runs a function of the pipeline's own module. Nothing throws here: problems travel with the task to its
// pipeline. Where the function lies (module and export) is known once the code server has evaluated the module.
import type { TaskDefinition } from './definitions.ts';
import type { TaskFunction } from './function-context.ts';
import { checkKnownOptions } from './known-options.ts';
import { checkTaskOptions, TASK_OPTIONS, type TaskOptions, toCommonFields } from './task-options.ts';

export interface FunctionTaskOptions<Name extends string = string> extends TaskOptions {
  /** The work. It runs in a fresh process from the code that was saved when the run started. */
  readonly run: TaskFunction<Name>;
  /** Variables of the environment's configuration that it gets as `context.config`; an attempt needs all of them. */
  readonly configuration?: readonly Name[];
}

const KNOWN_OPTIONS = [
  ...TASK_OPTIONS,
  'run',
  'configuration',
] as const satisfies readonly (keyof FunctionTaskOptions)[];

/**
 * Defines a task that runs a TypeScript function. Mistakes in the options are reported by `definePipeline`; its pipeline
 * must be exported by a module in `pipelines/`, since that is where the function is found again.
 */
export function functionTask<const Name extends string = never>(options: FunctionTaskOptions<Name>): TaskDefinition {
  const { id, retry, timeoutSeconds, configuration, run } = options;
  const problems = [
    ...checkKnownOptions(options, KNOWN_OPTIONS),
    ...checkFunction(run),
    ...checkConfiguration(configuration ?? []),
    ...checkTaskOptions(options),
  ];
  const task = {
    kind: 'function',
    module: '',
    export: '',
    ...(configuration !== undefined && { configuration: [...configuration] }),
    ...toCommonFields(options),
  } as const;
  return { id, task, retry, timeoutSeconds, problems, run };
}

function checkFunction(run: unknown): string[] {
  return typeof run === 'function' ? [] : [`run is a ${typeof run}; write a function`];
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_VARIABLE_NAME_CHARACTERS = 255;
const MAX_VARIABLES = 1000;

function checkConfiguration(names: readonly unknown[]): string[] {
  const problems = names
    .filter(
      (name) => typeof name !== 'string' || !VARIABLE_NAME.test(name) || name.length > MAX_VARIABLE_NAME_CHARACTERS,
    )
    .map((name) => `configuration names ${JSON.stringify(name)}, which is no name of a variable`);
  if (names.length > MAX_VARIABLES)
    problems.push(`configuration names ${names.length} variables, more than ${MAX_VARIABLES}`);
  return problems;
}
