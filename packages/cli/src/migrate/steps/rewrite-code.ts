// Step 3 of a migration: values of one environment in code become variables.

import type { KnownNames } from '../literals/environment-words.ts';
import type { LiteralLanguage } from '../literals/literal.ts';
import { createPythonLanguage } from '../literals/python-language.ts';
import { type RewrittenFile, rewriteFile } from '../literals/rewrite-file.ts';
import { createSqlLanguage } from '../literals/sql-language.ts';
import { createTypeScriptLanguage } from '../literals/typescript-language.ts';
import { createYamlLanguage } from '../literals/yaml-language.ts';
import type { FileChange, HardCodedValue, MigratedVariable, Snapshot } from '../migration.ts';
import { isPythonScript } from './python-script.ts';

/** What became of the code. */
export interface RewrittenCode {
  readonly changes: readonly FileChange[];
  readonly values: readonly HardCodedValue[];
  readonly variables: readonly MigratedVariable[];
  readonly notes: readonly string[];
}

/** Places where the names of environments are declared, or checked on purpose; step 4 looks after the workflows. */
const DECLARING =
  /^(?:config\/|\.github\/|towpath\.yaml$|tests?\/|package(?:-lock)?\.json$)|(?:^|\/)(?:profiles\.ya?ml|[^/]*\.(?:test|spec)\.[jt]s)$/;

/** Rewrites every file whose language is known. */
export function rewriteCode(files: Snapshot, known: KnownNames): RewrittenCode {
  const notes: string[] = [];
  const computed = new Map(known.computed);
  const results = [...files].flatMap(([path, source]) => {
    const result = tryRewrite(path, files, { ...known, computed });
    if (typeof result === 'string') notes.push(result);
    if (typeof result !== 'object') return [];
    for (const { name, template = '' } of result.variables) computed.set(name, template);
    return [{ path, before: source, ...result }];
  });
  const variables = results.flatMap((result) => result.variables);
  return {
    changes: results.flatMap(({ path, before, source }) =>
      source === before ? [] : [{ path, before, after: source }],
    ),
    values: results.flatMap((result) => result.values),
    variables: [...new Map(variables.map((variable) => [variable.name, variable])).values()],
    notes,
  };
}

/** Undefined for a file that is no code, or declares environments; why it can't be read, for one that its language refuses. */
function tryRewrite(path: string, files: Snapshot, known: KnownNames): RewrittenFile | string | undefined {
  const language = DECLARING.test(path) ? undefined : chooseLanguage(path, files, known);
  if (!language) return undefined;
  try {
    return rewriteFile({ path, source: files.get(path) ?? '' }, language, known);
  } catch (thrown) {
    return `${path} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

function chooseLanguage(path: string, files: Snapshot, { environments }: KnownNames): LiteralLanguage | undefined {
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  if (ending === 'py') return createPythonLanguage(formatPythonImport(path, files));
  if (/^(?:[cm]?[jt]s|[jt]sx)$/.test(ending)) return createTypeScriptLanguage(formatTypeScriptImport(path, files));
  if (ending === 'sql') return createSqlLanguage(isOfDbt(path, files));
  if (!/^ya?ml$/.test(ending)) return undefined;
  const isCompose = /(?:^|\/)(?:docker-)?compose[^/]*$/.test(path);
  return createYamlLanguage(isCompose ? 'compose' : isOfDbt(path, files) ? 'dbt' : 'other', environments);
}

/** A script that is started by its path finds the modules of its own folder only, so the root is made known first. */
function formatPythonImport(path: string, files: Snapshot): string {
  const line = findPythonImport(files);
  if (!isPythonScript(path, files)) return line;
  const depth = path.split('/').length - 1;
  const root = `sys.path.insert(0, str(Path(__file__).resolve().parents[${depth}]))`;
  return `import sys\nfrom pathlib import Path\n\n${root}\n\n${line}`;
}

/** As the repository does it already, else as a module of the folder `config` seen from the repository's root. */
function findPythonImport(files: Snapshot): string {
  for (const [path, text] of files) {
    const line = path.endsWith('.py') ? /^from config\S* import Config\b.*$/m.exec(text)?.[0] : undefined;
    if (line !== undefined) return line;
  }
  return 'from config.config import Config';
}

function formatTypeScriptImport(path: string, files: Snapshot): string {
  const up = '../'.repeat(path.split('/').length - 1);
  const [folder, ending] = [`${up === '' ? './' : up}config`, findImportEnding(files)];
  return `import '${folder}/load-environment${ending}';\nimport { config } from '${folder}/config${ending}';`;
}

/** As other imports of the repository end. */
function findImportEnding(files: Snapshot): string {
  for (const [path, text] of files) {
    const ending = /\.[cm]?tsx?$/.test(path) ? /\bfrom '\.{1,2}\/[^']*?(\.[jt]s)?'/.exec(text) : null;
    if (ending) return ending[1] ?? '';
  }
  return '.ts';
}

function isOfDbt(path: string, files: Snapshot): boolean {
  const roots = [...files.keys()].filter((name) => /(?:^|\/)dbt_project\.ya?ml$/.test(name));
  return roots.some((name) => path.startsWith(name.slice(0, name.lastIndexOf('/') + 1)));
}
