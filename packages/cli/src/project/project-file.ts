// towpath.yaml: marks the root of a project and declares its environments.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isValidPoolName, TowpathError } from '@towpath/core';
import { parse, YAMLError } from 'yaml';
import { z } from 'zod';
import { EnvironmentSections, type ProjectEnvironment, toEnvironments } from './project-environments.ts';

/** Name of the file that marks a project's root. */
const PROJECT_FILE = 'towpath.yaml';

const ProjectFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  dev: z
    .strictObject({
      /** Pipeline that `npx towpath dev` runs once, at its first start, so that there is something to see. */
      firstRun: z.string().max(63).optional(),
    })
    .optional(),
  /** Slots by pool: so many attempts of its tasks at a time. */
  pools: z
    .record(z.string().refine(isValidPoolName, 'no name of a pool'), z.number().int().min(0).max(100_000))
    .default({}),
  ...EnvironmentSections,
});

/** A project on disk. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly firstRun: string | undefined;
  /** Slots by pool. */
  readonly pools: Readonly<Record<string, number>>;
  /** In the order of promotion; empty: the project says nothing of environments, so there is only `local`. */
  readonly environments: readonly ProjectEnvironment[];
}

/**
 * Finds the project that a folder lies in, looking upwards.
 *
 * @throws TowpathError `PROJECT_MISSING`, `PROJECT_FILE_INVALID`
 */
export function getProject(from: string): Project {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const text = readIfThere(join(folder, PROJECT_FILE));
    if (text !== undefined) return parseProject(folder, text);
    if (dirname(folder) === folder) break;
  }
  throw new TowpathError({
    code: 'PROJECT_MISSING',
    message: `No ${PROJECT_FILE} here.`,
    cause: `${resolve(from)} and the folders above it hold none, so this is not a project.`,
    fix: 'Run `npx towpath init` to write a small project, or name one with --project FOLDER.',
  });
}

function parseProject(folder: string, text: string): Project {
  const path = join(folder, PROJECT_FILE);
  const parsed = ProjectFile.safeParse(parseYaml(path, text));
  if (!parsed.success) throw invalid(path, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { name, dev, pools } = parsed.data;
  const environments = toEnvironments(name, parsed.data);
  return { folder, name, firstRun: dev?.firstRun, pools, environments };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    if (thrown instanceof YAMLError) throw invalid(path, thrown.message);
    throw thrown;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function invalid(path: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'PROJECT_FILE_INVALID',
    message: `${path} can't be read as a project.`,
    cause,
    fix: 'It needs `name:` (a–z, 0–9, -) and may have `dev: { firstRun: <pipeline> }`, `pools: { <name>: <slots> }`, `environments` and `variables`.',
  });
}
