// A task that runs a command of a datakit. Nothing throws here: problems travel with the task to its pipeline.
import { type RetryPolicy, splitCommand, TowpathError } from '@towpath/core';
import type { TaskDefinition } from './definitions.ts';
import { checkKnownOptions } from './known-options.ts';
import { checkText } from './text-limits.ts';

export interface DatakitTaskOptions {
  /** Unique in its pipeline: 1–63 of a–z 0–9 . _ - with a letter or digit at both ends. */
  readonly id: string;
  /** The datakit's name (then `version` says which), or both together. */
  readonly datakit: string | { readonly name: string; readonly version: string };
  readonly version?: string;
  /** One line, split into words like a shell does (quotes work, `$`, `*` and `|` are plain text), or the words. */
  readonly command: string | readonly string[];
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** Tasks of the same pipeline that must have succeeded before. */
  readonly dependsOn?: readonly (TaskDefinition | string)[];
  /** Default: the pipeline's, else no retry. */
  readonly retry?: { readonly limit: number; readonly delaySeconds: number };
  /** Default: the pipeline's, else an hour. */
  readonly timeoutSeconds?: number;
  /** True when repeating a half-done attempt is harmless; only then is a lost attempt retried without a person. */
  readonly idempotent?: boolean;
}

const KNOWN_OPTIONS = [
  'id',
  'datakit',
  'version',
  'command',
  'environmentVariables',
  'dependsOn',
  'retry',
  'timeoutSeconds',
  'idempotent',
] as const satisfies readonly (keyof DatakitTaskOptions)[];

/** Defines a task that runs a datakit's command. Mistakes in the options are reported by `definePipeline`. */
export function datakitTask(options: DatakitTaskOptions): TaskDefinition {
  const problems = checkKnownOptions(options, KNOWN_OPTIONS);
  const { id, environmentVariables = {}, dependsOn = [], retry, timeoutSeconds, idempotent = false } = options;
  const datakit = readDatakit(options, problems);
  const argv = readCommand(options.command, problems);
  problems.push(...checkWords(argv), ...checkVariables(environmentVariables), ...checkLimits(retry, timeoutSeconds));
  const upstreamIds = dependsOn.map((upstream) => (typeof upstream === 'string' ? upstream : upstream.id));
  const task = { kind: 'datakit', datakit, argv, environmentVariables, dependsOn: upstreamIds, idempotent } as const;
  return { id, task, retry, timeoutSeconds, problems };
}

/** Longest delay or time limit a server accepts: 30 days. */
const MAX_SECONDS = 30 * 24 * 3600;
const MAX_RETRIES = 100;
const MAX_WORDS = 1000;
/** Of a word of the command, and of the value of an environment variable. */
const MAX_WORD_CHARACTERS = 32_768;
const MAX_DATAKIT_NAME_CHARACTERS = 63;
const MAX_DATAKIT_VERSION_CHARACTERS = 64;

/** Problems of a retry policy or time limit, in words; the bounds are the server's. */
export function checkLimits(retry: RetryPolicy | undefined, timeoutSeconds: number | undefined): string[] {
  const problems: string[] = [];
  if (retry && !(Number.isInteger(retry.limit) && retry.limit >= 0 && retry.limit <= MAX_RETRIES))
    problems.push(`retry.limit is ${retry.limit}; it must be a whole number from 0 to ${MAX_RETRIES}`);
  if (retry && !(retry.delaySeconds >= 0 && retry.delaySeconds <= MAX_SECONDS))
    problems.push(`retry.delaySeconds is ${retry.delaySeconds}; it must be from 0 to ${MAX_SECONDS}`);
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0 && timeoutSeconds <= MAX_SECONDS))
    problems.push(`timeoutSeconds is ${timeoutSeconds}; it must be more than 0 and at most ${MAX_SECONDS}`);
  return problems;
}

function readDatakit(options: DatakitTaskOptions, problems: string[]): { name: string; version: string } {
  const { datakit } = options;
  const name = typeof datakit === 'string' ? datakit : datakit.name;
  const version = typeof datakit === 'string' ? options.version : datakit.version;
  if (!name) problems.push('datakit has no name');
  else problems.push(...checkText("the datakit's name", name, MAX_DATAKIT_NAME_CHARACTERS));
  if (!version) problems.push(`datakit ${name} has no version; add version: '…'`);
  else problems.push(...checkText("the datakit's version", version, MAX_DATAKIT_VERSION_CHARACTERS));
  return { name, version: version ?? '' };
}

function checkWords(argv: readonly unknown[]): string[] {
  const problems = argv.flatMap((word, at) => checkText(`word ${at + 1} of the command`, word, MAX_WORD_CHARACTERS));
  if (argv.length > MAX_WORDS) problems.push(`the command has ${argv.length} words, more than ${MAX_WORDS}`);
  return problems;
}

function readCommand(command: string | readonly string[], problems: string[]): readonly string[] {
  if (typeof command !== 'string') return [...command];
  try {
    return splitCommand(command);
  } catch (thrown) {
    if (!(thrown instanceof TowpathError)) throw thrown;
    problems.push(`${thrown.message} ${thrown.reason}`);
    // Not empty, so that one mistake isn't reported twice.
    return [command];
  }
}

function checkVariables(variables: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return [`environment variable ${JSON.stringify(name)} has a name no shell accepts`];
    return checkText(`environment variable ${name}`, value, MAX_WORD_CHARACTERS);
  });
}
