// The five steps of a migration (document "Environment Management"): config folder, ignore rule, code, workflows, tests.
import { readKnownNames } from './known-names.ts';
import { HOLDS_PASSWORD } from './literals/rewrite-file.ts';
import type { FileChange, MigrationPlan, Snapshot } from './migration.ts';
import { listVariables, readComputed } from './steps/declared-variables.ts';
import { planProjectFile } from './steps/format-project.ts';
import { planConfigFolder } from './steps/plan-config-folder.ts';
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
  const workflows = planWorkflows(files, environments);
  const changes: readonly FileChange[] = [
    ...planProjectFile(files, { name: options.projectName, environments, variables }),
    ...planConfigFolder(files, { environments, variables, languages }),
    ...planIgnoreRule(files),
    ...code.changes,
    ...workflows.changes,
    ...planTests(files, environments, languages),
  ];
  return {
    environments,
    changes,
    values: code.values,
    notes: [...code.notes, ...workflows.notes, ...noteProcessVariables(code), ...notePasswords(code)],
  };
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
