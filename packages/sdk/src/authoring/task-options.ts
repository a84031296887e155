// What every kind of task may say, checked once for all of them.
import { isValidPoolName, type RetryPolicy, TRIGGER_RULES, type TriggerRule } from '@towpath/core';
import type { TaskDefinition } from './definitions.ts';
import { checkKnownOptions } from './known-options.ts';
import { checkText } from './text-limits.ts';

export interface TaskOptions {
  /** Unique in its pipeline: 1–63 of a–z 0–9 . _ - with a letter or digit at both ends. */
  readonly id: string;
  /** `{{ parameters.name }}` and `{{ run.logicalDate }}` are filled in. */
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** Tasks of the same pipeline; `triggerRule` says how they must have ended. */
  readonly dependsOn?: readonly (TaskDefinition | string)[];
  /** Default: `all_succeeded`. `all_done` also after failures, `one_failed` only then. */
  readonly triggerRule?: TriggerRule;
  /** Tasks of `dependsOn` whose result documents it gets: a JSON object by task id, in the file `TOWPATH_INPUTS`. */
  readonly inputs?: readonly (TaskDefinition | string)[];
  /** Default: the pipeline's, else no retry. With `factor` each pause is so many times as long as the one before. */
  readonly retry?: RetryPolicy;
  /** Default: the pipeline's, else an hour. */
  readonly timeoutSeconds?: number;
  /** True when repeating a half-done attempt is harmless; only then is a lost attempt retried without a person. */
  readonly idempotent?: boolean;
  /** An attempt takes a slot of it; the project declares it in towpath.yaml: `pools: { bronze_ingestion_pool: 4 }`. */
  readonly pool?: string;
  /** Among tasks that could start, the higher one does first. Default: 0. */
  readonly priority?: number;
}

/** Names of the options above. */
export const TASK_OPTIONS = [
  'id',
  'environmentVariables',
  'dependsOn',
  'triggerRule',
  'inputs',
  'retry',
  'timeoutSeconds',
  'idempotent',
  'pool',
  'priority',
] as const satisfies readonly (keyof TaskOptions)[];

type CommonFields = Pick<
  TaskDefinition['task'],
  'environmentVariables' | 'dependsOn' | 'idempotent' | 'triggerRule' | 'inputs' | 'pool' | 'priority'
>;

/** What the graph says of a task whatever its kind; what the author left out stays out. */
export function toCommonFields(options: TaskOptions): CommonFields {
  const {
    environmentVariables = {},
    dependsOn = [],
    triggerRule,
    inputs,
    idempotent = false,
    pool,
    priority,
  } = options;
  return {
    environmentVariables,
    dependsOn: dependsOn.map(toId),
    idempotent,
    ...(triggerRule !== undefined && { triggerRule }),
    ...(inputs !== undefined && { inputs: inputs.map(toId) }),
    ...(pool !== undefined && { pool }),
    ...(priority !== undefined && { priority }),
  };
}

function toId(task: TaskDefinition | string): string {
  return typeof task === 'string' ? task : task.id;
}

/** Problems of the options above, in words. Pipelines run without a type checker, so types are checked, too. */
export function checkTaskOptions(options: TaskOptions): string[] {
  const { environmentVariables = {}, triggerRule, retry, timeoutSeconds, pool, priority = 0 } = options;
  const problems = [...checkVariables(environmentVariables), ...checkLimits(retry, timeoutSeconds)];
  if (triggerRule !== undefined && !Object.hasOwn(TRIGGER_RULES, triggerRule))
    problems.push(`triggerRule is ${JSON.stringify(triggerRule)}; there are ${Object.keys(TRIGGER_RULES).join(', ')}`);
  if (pool !== undefined && (typeof pool !== 'string' || !isValidPoolName(pool)))
    problems.push(`the pool ${JSON.stringify(pool)} has no name that is allowed`);
  if (!(Number.isInteger(priority) && Math.abs(priority) <= MAX_PRIORITY))
    problems.push(`priority is ${priority}; it must be a whole number up to ${MAX_PRIORITY}`);
  return problems;
}

const MAX_PRIORITY = 1_000_000;
/** Longest delay or time limit a server accepts: 30 days. */
const MAX_SECONDS = 30 * 24 * 3600;
const MAX_RETRIES = 100;
const MAX_FACTOR = 100;
/** Of a word of the command, and of the value of an environment variable. */
export const MAX_WORD_CHARACTERS = 32_768;

/** Problems of a retry policy or time limit, in words; the bounds are the server's. */
export function checkLimits(retry: RetryPolicy | undefined, timeoutSeconds: number | undefined): string[] {
  const problems = retry === undefined ? [] : checkRetry(retry);
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= MAX_SECONDS))
    problems.push(`timeoutSeconds is ${timeoutSeconds}; it must be more than 0 and at most ${MAX_SECONDS}`);
  return problems;
}

const RETRY_OPTIONS = [
  'limit',
  'delaySeconds',
  'factor',
  'maxDelaySeconds',
] as const satisfies readonly (keyof RetryPolicy)[];

function checkRetry(retry: RetryPolicy): string[] {
  const { limit, delaySeconds, factor = 1, maxDelaySeconds = 0 } = retry;
  const problems = checkKnownOptions(retry, RETRY_OPTIONS).map((problem) => `retry: ${problem}`);
  if (!(Number.isInteger(limit) && limit >= 0 && limit <= MAX_RETRIES))
    problems.push(`retry.limit is ${limit}; it must be a whole number from 0 to ${MAX_RETRIES}`);
  if (!isSeconds(delaySeconds))
    problems.push(`retry.delaySeconds is ${delaySeconds}; it must be from 0 to ${MAX_SECONDS}`);
  if (!(factor >= 1 && factor <= MAX_FACTOR))
    problems.push(`retry.factor is ${factor}; it must be from 1 to ${MAX_FACTOR}`);
  if (!isSeconds(maxDelaySeconds))
    problems.push(`retry.maxDelaySeconds is ${maxDelaySeconds}; it must be from 0 to ${MAX_SECONDS}`);
  return problems;
}

function isSeconds(value: number): boolean {
  return value >= 0 && value <= MAX_SECONDS;
}

function checkVariables(variables: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return [`environment variable ${JSON.stringify(name)} has a name no shell accepts`];
    return checkText(`environment variable ${name}`, value, MAX_WORD_CHARACTERS);
  });
}
