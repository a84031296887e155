// config/config.ts: a typed `config` for TypeScript code, written from the declaration. It stands alone: no import, so that it
// works in a task, in a script and in a test alike.
import { deriveValues, type ProjectDeclaration, type ValueType, type VariableDeclaration } from '@towpath/core';

/** Where the module lies in a project. */
export const CONFIG_MODULE_PATH = 'config/config.ts';

/** The text of config/config.ts. */
export function formatConfigModule({
  variables,
  environments,
}: Pick<ProjectDeclaration, 'variables' | 'environments'>): string {
  const all = [...variables.values()];
  const getters = all.map(
    (variable) =>
      `${formatDoc(variable)}  get ${variable.name}(): ${toTypeScript(variable)} {\n    return ${formatRead(variable)};\n  },`,
  );
  return `// Written by \`npx towpath config types --write\` from towpath.yaml; don't edit it.
// A function task gets the variables that its option \`configuration\` names: \`configuration: CONFIGURATION\` for all that are set.
${READERS}
/** Names of the variables that always have a value: for a task's option \`configuration\`. */
export const CONFIGURATION = [${all
    .filter(isAlwaysSet)
    .map(({ name }) => `\n  '${name}',`)
    .join('')}${all.some(isAlwaysSet) ? '\n' : ''}] as const;

/** The configuration of the environment. A variable is read when it is named; one without a value fails by its name. */
export const config = {
${[...formatDerived(environments), ...getters].join('\n')}
};
`;
}

// A zone that only some environments have is perhaps not there, and so is a registry.
function formatDerived(environments: ProjectDeclaration['environments']): readonly string[] {
  const named = [...environments.values()].map((environment) => deriveValues(environment).map(({ name }) => name));
  return [...new Set(named.flat())].map((name) => {
    const isEverywhere = named.every((names) => names.includes(name));
    const [type, reader] = isEverywhere ? ['string', 'readText'] : ['string | undefined', 'findText'];
    return `  /** Follows from the environment. */\n  get ${name}(): ${type} {\n    return ${reader}('${name}');\n  },`;
  });
}

const READERS = `
function findText(name: string): string | undefined {
  const text = process.env[name];
  return text === '' ? undefined : text;
}

function readText(name: string): string {
  const text = findText(name);
  if (text === undefined) throw new Error(\`\${name} is not set here; does the task name it in its option configuration?\`);
  return text;
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(\`\${name} is not a number\`);
  return value;
}

function toBoolean(name: string, text: string): boolean {
  if (/^(?:true|yes|on|1)$/i.test(text)) return true;
  if (/^(?:false|no|off|0)$/i.test(text)) return false;
  throw new Error(\`\${name} is neither true nor false\`);
}

function toWord<const Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new Error(\`\${name} must be one of \${words.join(', ')}\`);
  return word;
}

function map<Value>(name: string, convert: (name: string, text: string) => Value): Value | undefined {
  const text = findText(name);
  return text === undefined ? undefined : convert(name, text);
}

// Not every project uses each of them.
void [toNumber, toBoolean, toWord, map];
`;

// What nobody has to set may be missing, except where a default or a template gives a value.
function isAlwaysSet({ isRequired, default: given, template }: VariableDeclaration): boolean {
  return isRequired || given !== undefined || template !== undefined;
}

function toTypeScript(variable: VariableDeclaration): string {
  const type =
    variable.type === 'enum'
      ? variable.values.map((word) => JSON.stringify(word)).join(' | ')
      : (TYPES[variable.type] ?? 'string');
  return isAlwaysSet(variable) ? type : `${type} | undefined`;
}

const TYPES: Readonly<Partial<Record<ValueType, string>>> = {
  integer: 'number',
  number: 'number',
  port: 'number',
  boolean: 'boolean',
};

function formatRead(variable: VariableDeclaration): string {
  const { name, type, values } = variable;
  const words = `[${values.map((word) => JSON.stringify(word)).join(', ')}]`;
  const kind = type === 'enum' ? 'enum' : (TYPES[type] ?? 'string');
  if (isAlwaysSet(variable)) {
    const text = `readText('${name}')`;
    return (
      {
        enum: `toWord('${name}', ${text}, ${words})`,
        number: `toNumber('${name}', ${text})`,
        boolean: `toBoolean('${name}', ${text})`,
      }[kind] ?? text
    );
  }
  const convert = { enum: `(name, text) => toWord(name, text, ${words})`, number: 'toNumber', boolean: 'toBoolean' }[
    kind
  ];
  return convert === undefined ? `findText('${name}')` : `map('${name}', ${convert})`;
}

function formatDoc({ description, type, isSecret }: VariableDeclaration): string {
  const words = `${description ?? type}${isSecret ? ' (secret)' : ''}`;
  return `  /** ${words.replaceAll('*/', '* /').replace(/\s+/g, ' ')} */\n`;
}
