// towpath.yaml on disk: marks the root of a project and declares its variables and environments.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import {
  type ConfigProblem,
  checkDeclaration,
  createProblem,
  formatPlace,
  type ProjectDeclaration,
  TowpathError,
} from '@towpath/core';
import { checkExpression } from '../guards/evaluate-guard.ts';
import { describeSchemaProblems } from './describe-schema-problem.ts';
import { ProjectFileSchema } from './project-schema.ts';
import { toDeclaration } from './to-declaration.ts';
import { parseYamlTree } from './yaml-tree.ts';

/** Name of the file that marks a project's root. */
export const PROJECT_FILE = 'towpath.yaml';

/** A project on disk. */
export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly declaration: ProjectDeclaration;
  /** Pipeline that `npx towpath dev` runs once, at its first start. */
  readonly firstRun: string | undefined;
  /** Slots by pool. */
  readonly pools: Readonly<Record<string, number>>;
  /** Folder of its dbt project, below its own; undefined: it declares none. */
  readonly dbtFolder: string | undefined;
}

/** A project file that can't be used, with everything that is wrong with it. */
export class ProjectFileError extends TowpathError {
  readonly problems: readonly ConfigProblem[];

  constructor(path: string, problems: readonly ConfigProblem[]) {
    super({
      code: 'PROJECT_FILE_INVALID',
      message: `${path} can't be used: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}.`,
      cause: problems.map(formatCause).join('\n       '),
      fix: 'Correct it; docs/reference/configuration.md lists all keys, and editors complete them by towpath.schema.json.',
      docs: 'reference/configuration.md',
    });
    this.problems = problems;
  }
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
  throw missing(`${resolve(from)} and the folders above it hold none, so this is not a project.`);
}

/**
 * Reads the project of this very folder.
 *
 * @throws TowpathError `PROJECT_MISSING`, `PROJECT_FILE_INVALID`
 */
export function readProject(folder: string): Project {
  const text = readIfThere(join(folder, PROJECT_FILE));
  if (text === undefined) throw missing(`${resolve(folder)} holds none.`);
  return parseProject(resolve(folder), text);
}

/**
 * Reads a project from the text of its file.
 *
 * @throws TowpathError `PROJECT_FILE_INVALID`
 */
export function parseProject(folder: string, text: string): Project {
  const path = join(folder, PROJECT_FILE);
  const tree = parseYamlTree(PROJECT_FILE, text);
  if ('problems' in tree) throw new ProjectFileError(path, tree.problems.map(toYamlProblem));
  const parsed = ProjectFileSchema.safeParse(tree.value);
  if (!parsed.success) throw new ProjectFileError(path, describeSchemaProblems(parsed.error, tree));
  const declaration = { ...toDeclaration(parsed.data, tree), folder: folder.replaceAll(sep, '/') };
  const problems = checkDeclaration(declaration, checkExpression);
  if (problems.length > 0) throw new ProjectFileError(path, problems);
  const { name, dev, dbt, pools = {} } = parsed.data;
  return { folder, name, declaration, firstRun: dev?.firstRun, pools, dbtFolder: dbt?.folder };
}

function toYamlProblem({ message, place }: { readonly message: string; readonly place: ConfigProblem['place'] }) {
  return createProblem({ code: 'PROJECT_YAML_INVALID', place, expected: 'YAML', message });
}

function formatCause({ place, message, fix }: ConfigProblem): string {
  return `${place === undefined ? '' : `${formatPlace(place)} `}${message} ${fix}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function missing(cause: string): TowpathError {
  return new TowpathError({
    code: 'PROJECT_MISSING',
    message: `No ${PROJECT_FILE} here.`,
    cause,
    fix: 'Run `npx towpath init` to write a small project, or name one with --project FOLDER.',
  });
}
