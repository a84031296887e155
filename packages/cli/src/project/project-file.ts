// towpath.yaml: marks the root of a project and declares its environments and variables.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TowpathError } from '@towpath/core';
import { parse, YAMLError } from 'yaml';
import { z } from 'zod';
import { type DeclaredEnvironment, type DeclaredVariable, ProjectFileSchema } from './project-schema.ts';

/** Name of the file that marks a project's root. */
const PROJECT_FILE = 'towpath.yaml';

/** A project on disk. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly firstRun: string | undefined;
  /** Slots by pool. */
  readonly pools: Readonly<Record<string, number>>;
  /** In their order, which is the one of promotion. Empty: there is `local` alone. */
  readonly environments: Readonly<Record<string, DeclaredEnvironment>>;
  readonly variables: Readonly<Record<string, DeclaredVariable>>;
  /** What an unset ENVIRONMENT selects. */
  readonly defaultEnvironment: string | undefined;
  /** True: config/.env.<environment> stands above variables of the process. */
  readonly fileWins: boolean;
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
  const parsed = ProjectFileSchema.safeParse(parseYaml(path, text));
  if (!parsed.success) throw invalid(path, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const { dev, configuration, shared: _, ...declared } = parsed.data;
  const { defaultEnvironment } = declared;
  return { ...declared, folder, firstRun: dev?.firstRun, defaultEnvironment, fileWins: configuration.fileWins };
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
    fix: 'It needs `name:` (a–z, 0–9, -) and may have defaultEnvironment, configuration, variables, environments, shared, pools and dev; nothing else is known.',
  });
}
