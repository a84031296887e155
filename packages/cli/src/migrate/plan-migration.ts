// The five steps of a migration (document "Environment Management"): config folder, ignore rule, code, workflows, tests.
import { parseProject } from '@towpath/config';
import { type ProjectDeclaration, TowpathError } from '@towpath/core';
import { readKnownNames } from './known-names.ts';
import { HOLDS_PASSWORD } from './literals/rewrite-file.ts';
import type { FileChange, MigrationPlan, Snapshot } from './migration.ts';
import { listVariables, readComputed } from './steps/declared-variables.ts';
import { planProjectFile } from './steps/format-project.ts';
import { noteMissingValues, planConfigFolder } from './steps/plan-config-folder.ts';
import { planIgnoreRule } from './steps/plan-ignore-rule.ts';
import { planTests } from './steps/plan-tests.ts';
import { planWorkflows } from './steps/plan-workflows.ts';
import { type RewrittenCode, rewriteCode } from './steps/rewrite-code.ts';

/** What a person may say. */
export interface MigrationOptions {
  readonly projectName: string;
  /** Names in the order of promotion; empty: as found in the repository. */
  readonly environments: readonly string[];
}

/**
 * Plans the migration of a repository. Applying the plan and planning again changes nothing.
 *
 * @throws TowpathError `MIGRATE_ENVIRONMENTS_UNKNOWN`
 */
export function planMigration(files: Snapshot, options: MigrationOptions): MigrationPlan {
  const known = readKnownNames(files, options.environments);
  const { environments } = known;
  const code = rewriteCode(files, { ...known, computed: readComputed(files) });
  const variables = listVariables(files, code.variables);
  const languages = listLanguages(files, code);
  const workflows = planWorkflows(files, known);
  const project = planProjectFile(files, { name: options.projectName, environments, variables });
  const declaration = readDeclaration(project[0]?.after ?? files.get('towpath.yaml') ?? '');
  const folder = { environments, variables, languages, declaration };
  const changes: readonly FileChange[] = [
    ...project,
    ...planConfigFolder(files, folder),
    ...planIgnoreRule(files),
    ...code.changes,
    ...workflows.changes,
    ...planTests(files, environments, languages),
  ];
  return {
    environments,
    changes,
    values: [...code.values, ...workflows.values],
    notes: [
      ...code.notes,
      ...workflows.notes,
      ...noteMissingValues(files, folder),
      ...noteProcessVariables(code),
      ...notePasswords(code),
      ...noteOtherLoaders(files),
    ],
  };
}

/** A project file that is there and broken stays, and nothing is written from it. */
function readDeclaration(text: string): ProjectDeclaration | undefined {
  try {
    return parseProject('/', text).declaration;
  } catch (thrown) {
    if (thrown instanceof TowpathError) return undefined;
    throw thrown;
  }
}

// It would read another file than the environment's, and with `override` stand above it.
function noteOtherLoaders(files: Snapshot): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    if (!path.endsWith('.py') || path.startsWith('config/')) return [];
    return [...text.matchAll(/\bload_dotenv\([^)\n]*\)?/g)].map(({ 0: call, index }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${path}:${line}: ${call} reads a file of its own; config/config.py has read the environment's, so take it out`;
    });
  });
}

// SQL and YAML can't read config/.env.<environment>: what fills their variables in is the process that reads them.
function noteProcessVariables({ changes }: RewrittenCode): readonly string[] {
  const paths = changes.map(({ path }) => path).filter((path) => /\.(?:sql|ya?ml)$/.test(path));
  if (paths.length === 0) return [];
  return [
    `${paths.join(', ')}: whatever reads them needs the resolved variables in its process; tasks of Towpath have them`,
  ];
}

// A diff without them would be none that git applies.
function notePasswords({ changes, values }: RewrittenCode): readonly string[] {
  const changed = new Set(changes.map(({ path }) => path));
  const paths = values.flatMap(({ path, byHand }) => (byHand === HOLDS_PASSWORD && changed.has(path) ? [path] : []));
  if (paths.length === 0) return [];
  return [`${[...new Set(paths)].join(', ')}: the diff quotes lines that may hold a password; keep it out of logs`];
}

/** Languages whose code names variables, now or before. */
function listLanguages(files: Snapshot, { changes }: RewrittenCode): ReadonlySet<'python' | 'typescript'> {
  const languages = new Set<'python' | 'typescript'>();
  const paths = changes.map(({ path }) => path);
  if (files.has('config/config.py') || paths.some((path) => path.endsWith('.py'))) languages.add('python');
  if (files.has('config/config.ts') || paths.some((path) => /\.[cm]?[jt]sx?$/.test(path))) languages.add('typescript');
  return languages;
}
