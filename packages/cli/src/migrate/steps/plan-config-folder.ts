// Step 1 of a migration: the folder `config` with an example, a file of values for each environment, and the loaders that
// code reads them with. A loader that is there stays as it is, but for the attributes that code names from now on.
import type { FileChange, MigratedVariable, Snapshot } from '../migration.ts';
import { PYTHON_LOADER, TYPESCRIPT_LOADER } from './loaders.ts';

/** What the folder has to hold. */
export interface ConfigFolderFacts {
  readonly environments: readonly string[];
  readonly variables: readonly MigratedVariable[];
  /** Languages in which code names variables. */
  readonly languages: ReadonlySet<'python' | 'typescript'>;
}

/** Plans the folder. */
export function planConfigFolder(files: Snapshot, facts: ConfigFolderFacts): readonly FileChange[] {
  const given = facts.variables.filter(({ template }) => template === undefined);
  const example = 'config/.env.example';
  const changes = [planNew(files, example, formatExample(given)), ...planValueFiles(files, facts.environments, given)];
  if (facts.languages.has('python')) changes.push(...planPython(files, facts.variables));
  if (facts.languages.has('typescript')) changes.push(...planTypeScript(files, facts.variables));
  return changes.filter(({ before, after }) => before !== after);
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

function formatExample(given: readonly MigratedVariable[]): string {
  const lines = given.map((variable) => {
    const words = [variable.type, variable.isRequired ? 'required' : '', variable.isSecret ? 'secret' : ''];
    return `# ${words.filter(Boolean).join(', ')}\n${variable.name}=${variable.defaultText ?? ''}\n`;
  });
  return `# Copy to config/.env.<environment> and fill in. Never commit the copies.\n${lines.join('')}`;
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
  const missing = variables.filter(({ name }) => !has(name)).map(formatAttribute);
  const lines = [...own, ...missing].map((line) => `${indent}${line}\n`);
  const end = found.index + found[0].length;
  return lines.length === 0
    ? source
    : `${source.slice(0, end).replace(/\n?$/, '\n')}${lines.join('')}${source.slice(end)}`;
}

function formatOwnEnvironment(source: string): string {
  return /^ENVIRONMENT\s*=/m.test(source) ? 'ENVIRONMENT = ENVIRONMENT' : 'ENVIRONMENT = os.environ["ENVIRONMENT"]';
}

function formatAttribute({ name, template, defaultText }: MigratedVariable): string {
  if (template !== undefined) return `${name} = f"${template.replace(/\$\{(\w+)\}/g, '{$1}')}"`;
  return defaultText === undefined
    ? `${name} = os.getenv("${name}")`
    : `${name} = os.getenv("${name}", "${defaultText}")`;
}

function planTypeScript(files: Snapshot, variables: readonly MigratedVariable[]): readonly FileChange[] {
  const path = 'config/config.ts';
  const before = files.get(path);
  const source = before ?? TYPESCRIPT_LOADER;
  const missing = variables.filter(({ name }) => !new RegExp(`^  (?:get )?${name}\\b`, 'm').test(source));
  const lines = missing.map(({ name, template, defaultText }) =>
    template === undefined
      ? `  get ${name}() { return read('${name}'${defaultText === undefined ? '' : `, '${defaultText}'`}); },\n`
      : `  get ${name}() { return \`${template.replace(/\$\{(\w+)\}/g, `\${config.$1}`)}\`; },\n`,
  );
  return [
    { path, before, after: source.replace(/^ {2}\/\/ Further variables above\.\n/m, (mark) => lines.join('') + mark) },
  ];
}
