// config/load-environment.ts: what config/config.ts reads is the process, and this fills the process as Towpath would.
import type { DeclaredText, ProjectDeclaration } from '@towpath/core';

/** Where the loader lies in a migrated repository. */
export const TYPESCRIPT_LOADER_PATH = 'config/load-environment.ts';

const FIRST_LINE =
  '// Written by `npx towpath migrate` from towpath.yaml: values for code that Towpath does not start.';

/** True for a file that `formatTypeScriptLoader` made. */
export function isTypeScriptLoader(text: string): boolean {
  return text.startsWith(FIRST_LINE);
}

/** The text of config/load-environment.ts. */
export function formatTypeScriptLoader({ variables, environments, fileWins }: ProjectDeclaration): string {
  const declared = [...environments.values()].map(({ name, values }) => [name, toTexts(values)]);
  const defaults = [...variables.values()].flatMap(({ name, default: given }) => (given ? [[name, given.text]] : []));
  const computed = [...variables.values()].flatMap(({ name, template }) => (template ? [[name, template.text]] : []));
  const order = fileWins ? 'file[name] || process.env[name]' : 'process.env[name] || file[name]';
  return `${FIRST_LINE}
// Import it before config/config.ts. A task of Towpath has its values already.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

type Texts = Readonly<Record<string, string | undefined>>;

const VALUES: Readonly<Record<string, Texts>> = ${format(declared)};
const DEFAULTS: Texts = ${format(defaults)};
const COMPUTED: Readonly<Record<string, string>> = ${format(computed)};

function loadEnvironment(): void {
  const environment = process.env.ENVIRONMENT;
  if (!environment) throw new Error('ENVIRONMENT is not set');
  const file: Texts = parseEnv(readFileSync(new URL(\`./.env.\${environment}\`, import.meta.url), 'utf8'));
  const standard: Texts = { ...DEFAULTS, ...VALUES[environment] };
  for (const name of Object.keys({ ...standard, ...file })) {
    const text = ${order} || standard[name];
    if (text) process.env[name] = text;
  }
  for (const name of Object.keys(COMPUTED)) compute(name);
}

/** Where an input is unset there is no text: reading the variable says so. */
function compute(name: string): string | undefined {
  const template = COMPUTED[name];
  if (template === undefined) return process.env[name] || undefined;
  const inputs = [...template.matchAll(/\\$\\{(\\w+)\\}/g)].map(([, input = '']) => input);
  if (inputs.some((input) => compute(input) === undefined)) return undefined;
  process.env[name] = template.replace(/\\$\\{(\\w+)\\}/g, (_, input: string) => process.env[input] ?? '');
  return process.env[name];
}

if (process.env.TOWPATH_ATTEMPT_ID === undefined) loadEnvironment();
`;
}

function toTexts(values: ReadonlyMap<string, DeclaredText>): Readonly<Record<string, string>> {
  return Object.fromEntries([...values].map(([name, { text }]) => [name, text]));
}

function format(entries: readonly (readonly unknown[])[]): string {
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}
