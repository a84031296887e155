// towpath.yaml of a migrated repository: environments in their order, what each owns, and the declared variables.
import { isMap, parseDocument } from 'yaml';
import type { FileChange, MigratedVariable, Snapshot } from '../migration.ts';

/** What is written. */
export interface ProjectFacts {
  readonly name: string;
  readonly environments: readonly string[];
  readonly variables: readonly MigratedVariable[];
}

const KINDS: Readonly<Record<string, string>> = { local: 'local', prod: 'production', production: 'production' };

/** A new towpath.yaml, or the variables and environments that an existing one lacks. */
export function planProjectFile(files: Snapshot, facts: ProjectFacts): readonly FileChange[] {
  const path = 'towpath.yaml';
  const before = files.get(path);
  if (before === undefined) return [{ path, before, after: formatProject(facts, hasFileWins(files)) }];
  const after = addMissing(before, facts);
  return after === before ? [] : [{ path, before, after }];
}

/** python-dotenv with `override=True` lets the file win over variables of the process. */
function hasFileWins(files: Snapshot): boolean {
  return /load_dotenv\([^)]*override\s*=\s*True/.test(files.get('config/config.py') ?? '');
}

function formatProject({ name, environments, variables }: ProjectFacts, fileWins: boolean): string {
  const configuration = fileWins
    ? '# config/.env.<environment> stands above variables of the process, as config/config.py does it.\nconfiguration: { fileWins: true }\n'
    : '';
  const declared = variables.map((variable) => `  ${variable.name}: ${formatVariable(variable)}\n`);
  return `# One file for all environments. \`npx towpath config explain\` shows what each variable is, and why.
name: ${name}
${configuration}${declared.length === 0 ? '' : `variables:\n${declared.join('')}`}environments:
${environments.map((environment) => formatEnvironment(environment, variables)).join('')}`;
}

function formatVariable({ type, template, defaultText, isRequired, isSecret, parity }: MigratedVariable): string {
  const parts = [`type: ${type}`];
  if (template !== undefined) parts.push(`value: ${JSON.stringify(template)}`);
  if (defaultText !== undefined) parts.push(`default: ${JSON.stringify(defaultText)}`);
  if (isRequired) parts.push('required: true');
  if (isSecret) parts.push('secret: true');
  if (parity !== undefined) parts.push(`parity: ${parity}`);
  return `{ ${parts.join(', ')} }`;
}

function formatEnvironment(name: string, variables: readonly MigratedVariable[]): string {
  const lines = [`  ${name}:`, `    kind: ${KINDS[name] ?? 'shared'}`];
  if (variables.some((variable) => variable.name === 'S3_BUCKET_PREFIX'))
    lines.push(`    values: { S3_BUCKET_PREFIX: ${name} }`);
  const owns = formatOwned(name, variables);
  if (owns.length > 0) lines.push('    owns:', ...owns.map((line) => `      ${line}`));
  return `${lines.join('\n')}\n`;
}

function formatOwned(name: string, variables: readonly MigratedVariable[]): readonly string[] {
  const has = (type: string): boolean => variables.some((variable) => variable.type === type);
  const hosts = variables.filter(({ type }) => type === 'host').map(({ template }) => fill(template ?? '', name));
  return [
    ...(has('bucket') ? [`buckets: ["${name}-*"]`] : []),
    ...(has('database') ? [`databases: ["${name}_*"]`] : []),
    ...(has('secretPath') ? [`secretPaths: ["/${name}/"]`] : []),
    ...(hosts.length > 0 ? [`hosts: [${hosts.map((host) => JSON.stringify(host)).join(', ')}]`] : []),
  ];
}

function fill(template: string, environment: string): string {
  return template.replaceAll(`\${ENVIRONMENT}`, environment);
}

// Only what is missing is added; comments and order of the file stay.
function addMissing(before: string, { variables }: ProjectFacts): string {
  const document = parseDocument(before);
  if (document.errors.length > 0) return before;
  const declared = document.get('variables');
  const missing = variables.filter(({ name }) => !isMap(declared) || !declared.has(name));
  if (missing.length === 0) return before;
  for (const variable of missing) {
    const node = parseDocument(formatVariable(variable)).contents;
    document.setIn(['variables', variable.name], node);
  }
  return document.toString({ lineWidth: 0 });
}
