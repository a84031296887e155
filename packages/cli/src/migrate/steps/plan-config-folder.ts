// Step 1 of a migration: the folder `config` with an example, a file of values for each environment, and the loaders that
// code reads them with. A loader that is there stays as it is, but for the attributes that code names from now on. What
// Towpath writes from the declaration is written as it would write it, so that `--check` agrees.
import { CONFIG_MODULE_PATH, ENV_EXAMPLE_PATH, formatConfigModule, formatEnvExample } from '@towpath/config';
import type { ProjectDeclaration } from '@towpath/core';
import type { FileChange, MigratedVariable, Snapshot } from '../migration.ts';
import { formatTypeScriptLoader, isTypeScriptLoader, TYPESCRIPT_LOADER_PATH } from './format-typescript-loader.ts';
import { PYTHON_LOADER } from './python-loader.ts';

/** What the folder has to hold. */
export interface ConfigFolderFacts {
  readonly environments: readonly string[];
  readonly variables: readonly MigratedVariable[];
  /** Of towpath.yaml as it will be; undefined when that can't be read. */
  readonly declaration: ProjectDeclaration | undefined;
  /** Languages in which code names variables. */
  readonly languages: ReadonlySet<'python' | 'typescript'>;
}

/** Plans the folder. */
export function planConfigFolder(files: Snapshot, facts: ConfigFolderFacts): readonly FileChange[] {
  const { declaration, environments, variables, languages } = facts;
  const given = variables.filter(({ template }) => template === undefined);
  const changes = [...planValueFiles(files, environments, given)];
  if (declaration) changes.unshift(planWritten(files, ENV_EXAMPLE_PATH, formatEnvExample(declaration)));
  if (languages.has('python')) changes.push(...planPython(files, variables));
  if (languages.has('typescript') && declaration) changes.push(...planTypeScript(files, declaration));
  return changes.filter(({ before, after }) => before !== after);
}

/** What an environment's file has to be told yet, by a person. */
export function noteMissingValues(files: Snapshot, facts: ConfigFolderFacts): readonly string[] {
  const given = facts.variables.filter(
    ({ template, defaultText }) => template === undefined && defaultText === undefined,
  );
  return facts.environments.flatMap((environment) => {
    const path = `config/.env.${environment}`;
    const text = files.get(path) ?? '';
    const missing = given
      .filter(({ name, type }) => type !== 'prefix' && !hasValue(text, name))
      .map(({ name }) => name);
    return missing.length === 0 ? [] : [`${path}: no value yet for ${missing.join(', ')}`];
  });
}

function hasValue(text: string, name: string): boolean {
  return new RegExp(`^(?:export\\s+)?${name}\\s*=\\s*\\S`, 'm').test(text);
}

function planWritten(files: Snapshot, path: string, after: string): FileChange {
  return { path, before: files.get(path), after };
}

function planNew(files: Snapshot, path: string, content: string): FileChange {
  const before = files.get(path);
  return { path, before, after: before ?? content };
}

function planValueFiles(
  files: Snapshot,
  environments: readonly string[],
  given: readonly MigratedVariable[],
): readonly FileChange[] {
  return environments.map((environment) => {
    const lines = given.map((variable) => formatValueLine(variable, environment));
    return planNew(files, `config/.env.${environment}`, lines.join(''));
  });
}

// Only what is known is written; the rest is there, commented out, for a person.
function formatValueLine({ name, type, defaultText }: MigratedVariable, environment: string): string {
  if (type === 'prefix') return `${name}=${environment}\n`;
  return defaultText === undefined ? `# ${name}=\n` : `${name}=${defaultText}\n`;
}

function planPython(files: Snapshot, variables: readonly MigratedVariable[]): readonly FileChange[] {
  const path = 'config/config.py';
  const before = files.get(path);
  return [{ path, before, after: addAttributes(before ?? PYTHON_LOADER, variables) }];
}

/** Adds what is missing at the end of `class Config`; a loader without that class is left to a person. */
function addAttributes(source: string, variables: readonly MigratedVariable[]): string {
  const found = /^class Config\b[^\n]*:[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n(?=(?:[ \t]*\n)*[ \t]))*/m.exec(
    source.endsWith('\n') ? source : `${source}\n`,
  );
  if (!found) return source;
  const indent = /^([ \t]+)\S/m.exec(found[0].split('\n').slice(1).join('\n'))?.[1] ?? '    ';
  const has = (name: string): boolean => new RegExp(`^[ \\t]+${name}\\s*[:=]`, 'm').test(found[0]);
  const own = has('ENVIRONMENT') ? [] : [formatOwnEnvironment(source)];
  const missing = variables.filter(({ name }) => !has(name));
  const given = missing.filter(({ template }) => template === undefined).map(formatAttribute);
  const computed = missing.filter(({ template }) => template !== undefined);
  const lines = [...own, ...given, ...formatGuards(computed, variables, has), ...computed.map(formatAttribute)].map(
    (line) => `${indent}${line}\n`,
  );
  const end = found.index + found[0].length;
  return lines.length === 0
    ? source
    : `${source.slice(0, end).replace(/\n?$/, '\n')}${lines.join('')}${source.slice(end)}`;
}

function formatOwnEnvironment(source: string): string {
  return /^ENVIRONMENT\s*=/m.test(source) ? 'ENVIRONMENT = ENVIRONMENT' : 'ENVIRONMENT = os.environ["ENVIRONMENT"]';
}

// A text with `None` in it, or with nothing where a prefix belongs, must not come to be. What is added here has a standard.
function formatGuards(
  computed: readonly MigratedVariable[],
  variables: readonly MigratedVariable[],
  isThere: (name: string) => boolean,
): readonly string[] {
  const inputs = new Set(
    computed.flatMap(({ template = '' }) => [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)),
  );
  return variables
    .filter(
      ({ name, type, template }) => inputs.has(name) && template === undefined && (isThere(name) || type !== 'prefix'),
    )
    .flatMap(({ name }) => [
      `if not ${name}:`,
      `    raise RuntimeError(f"${name} is not set; config/.env.{ENVIRONMENT} is where it belongs")`,
    ]);
}

function formatAttribute({ name, type, template, defaultText }: MigratedVariable): string {
  if (template !== undefined) return `${name} = f"${template.replace(/\$\{(\w+)\}/g, '{$1}')}"`;
  // What towpath.yaml says of each environment.
  if (type === 'prefix') return `${name} = os.getenv("${name}") or ENVIRONMENT`;
  return defaultText === undefined
    ? `${name} = os.getenv("${name}")`
    : `${name} = os.getenv("${name}", "${defaultText}")`;
}

/** A config.ts of the repository's own stays: nothing of Towpath reads it. */
function planTypeScript(files: Snapshot, declaration: ProjectDeclaration): readonly FileChange[] {
  const module = files.get(CONFIG_MODULE_PATH);
  const loader = files.get(TYPESCRIPT_LOADER_PATH);
  const isOurs = module === undefined || module.startsWith('// Written by `npx towpath config types');
  const isLoaderOurs = loader === undefined || isTypeScriptLoader(loader);
  return [
    ...(isOurs ? [planWritten(files, CONFIG_MODULE_PATH, formatConfigModule(declaration))] : []),
    ...(isLoaderOurs ? [planWritten(files, TYPESCRIPT_LOADER_PATH, formatTypeScriptLoader(declaration))] : []),
  ];
}
