// What an attempt finds as files in its container, whichever engine brings them there.
import { glob, readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import type { RunnerOrder } from '@towpath/sdk';
import { CONTAINER_PATHS, PATH_VARIABLES } from './container-paths.ts';
import type { AttemptSpecification, AttemptWork } from './executor.ts';

type FunctionWork = Extract<AttemptWork, { kind: 'function' }>;

export interface AttemptFile {
  /** Absolute, inside the container. */
  readonly path: string;
  readonly body: string | Buffer;
}

/** Inputs, parameters, and what a function is run by, without its bundle. `runner` is the task runner as one module. */
export async function listAttemptFiles(
  specification: AttemptSpecification,
  runner: () => Promise<string>,
): Promise<readonly AttemptFile[]> {
  const { work, inputs, parameters } = specification;
  return [
    { path: CONTAINER_PATHS.inputs, body: JSON.stringify(inputs) },
    { path: CONTAINER_PATHS.parameters, body: JSON.stringify(parameters) },
    ...(work.kind === 'function' ? listFunctionFiles(specification, work, await runner()) : []),
  ];
}

function listFunctionFiles(
  { environmentVariables }: AttemptSpecification,
  { module, export: exportName, taskId }: FunctionWork,
  runner: string,
): AttemptFile[] {
  const order: RunnerOrder = {
    environmentVariables: { ...environmentVariables, ...PATH_VARIABLES },
    workFolder: CONTAINER_PATHS.work,
    bundleFolder: CONTAINER_PATHS.bundle,
    module,
    export: exportName,
    taskId,
  };
  return [
    { path: CONTAINER_PATHS.order, body: JSON.stringify(order) },
    { path: CONTAINER_PATHS.runner, body: runner },
  ];
}

/** The files of a function's bundle; none for a command. */
export async function listBundleFiles({ work }: AttemptSpecification): Promise<readonly AttemptFile[]> {
  if (work.kind === 'command') return [];
  const { bundleFolder } = work;
  const files: AttemptFile[] = [];
  for await (const found of glob('**', { cwd: bundleFolder, withFileTypes: true })) {
    if (!found.isFile()) continue;
    const path = join(found.parentPath, found.name);
    const inside = path.slice(bundleFolder.length + 1).replaceAll(sep, '/');
    files.push({ path: posix.join(CONTAINER_PATHS.bundle, inside), body: await readFile(path) });
  }
  return files;
}

/** The words of a container: a function is run by the task runner, which comes with the files. */
export function toContainerCommand({ work }: AttemptSpecification): readonly string[] {
  return work.kind === 'command' ? work.argv : ['node', CONTAINER_PATHS.runner, CONTAINER_PATHS.order];
}

/** Variables that may stand where an engine keeps its configuration. A function gets all of its own with its order. */
export function toPlainVariables(specification: AttemptSpecification): Readonly<Record<string, string>> {
  return pickVariables(specification, (isSecret) => !isSecret);
}

/** Those that may not. */
export function toSecretVariables(specification: AttemptSpecification): Readonly<Record<string, string>> {
  return pickVariables(specification, (isSecret) => isSecret);
}

function pickVariables(
  { work, environmentVariables, secretNames }: AttemptSpecification,
  isWanted: (isSecret: boolean) => boolean,
): Readonly<Record<string, string>> {
  if (work.kind === 'function') return {};
  return Object.fromEntries(Object.entries(environmentVariables).filter(([name]) => isWanted(secretNames.has(name))));
}
