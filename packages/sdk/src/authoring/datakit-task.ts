// A task that runs a command of a datakit. Nothing throws here: problems travel with the task to its pipeline.
import { splitCommand, TowpathError } from '@towpath/core';
import type { TaskDefinition } from './definitions.ts';
import { checkKnownOptions } from './known-options.ts';
import {
  checkTaskOptions,
  MAX_WORD_CHARACTERS,
  TASK_OPTIONS,
  type TaskOptions,
  toCommonFields,
} from './task-options.ts';
import { checkText } from './text-limits.ts';

export interface DatakitTaskOptions extends TaskOptions {
  /** The datakit's name (then `version` says which), or both together. */
  readonly datakit: string | { readonly name: string; readonly version: string };
  readonly version?: string;
  /**
   * One line, split into words like a shell does (quotes work, `$`, `*` and `|` are plain text), or the words.
   * `{{ parameters.name }}` and `{{ run.logicalDate }}` are filled in afterwards, so a value stays one word.
   */
  readonly command: string | readonly string[];
}

const KNOWN_OPTIONS = [
  ...TASK_OPTIONS,
  'datakit',
  'version',
  'command',
] as const satisfies readonly (keyof DatakitTaskOptions)[];

/** Defines a task that runs a datakit's command. Mistakes in the options are reported by `definePipeline`. */
export function datakitTask(options: DatakitTaskOptions): TaskDefinition {
  const { id, retry, timeoutSeconds } = options;
  const problems = checkKnownOptions(options, KNOWN_OPTIONS);
  const datakit = readDatakit(options, problems);
  const argv = readCommand(options.command, problems);
  problems.push(...checkWords(argv), ...checkTaskOptions(options));
  const task = { kind: 'datakit', datakit, argv, ...toCommonFields(options) } as const;
  return { id, task, retry, timeoutSeconds, problems };
}

const MAX_WORDS = 1000;
const MAX_DATAKIT_NAME_CHARACTERS = 63;
const MAX_DATAKIT_VERSION_CHARACTERS = 64;

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
