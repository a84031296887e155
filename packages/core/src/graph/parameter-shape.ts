// Pipelines run without a type checker, so the declaration of a parameter may be anything at all.
import type { ParameterSchema } from './parameters.ts';

/** Words that a declaration may have, by its type. */
const WORDS: Readonly<Record<ParameterSchema['type'], readonly string[]>> = {
  string: ['type', 'description', 'default', 'enum', 'format', 'minLength', 'maxLength'],
  integer: ['type', 'description', 'default', 'minimum', 'maximum'],
  number: ['type', 'description', 'default', 'minimum', 'maximum'],
  boolean: ['type', 'description', 'default'],
  array: ['type', 'description', 'default', 'items', 'minItems', 'maxItems'],
};

function isType(type: unknown): type is ParameterSchema['type'] {
  return typeof type === 'string' && Object.hasOwn(WORDS, type);
}

/** What is wrong with a declaration before any value is looked at, as the rest of a sentence that begins with its name. */
export function checkParameterShape(schema: unknown): readonly string[] {
  const type = readMember(schema, 'type');
  if (!isType(type)) return [`has the type ${JSON.stringify(type)}; there are ${Object.keys(WORDS).join(', ')}`];
  const problems = Object.keys(Object(schema))
    .filter((word) => !WORDS[type].includes(word))
    .map((word) => `has no option ${JSON.stringify(word)}; ${type} has ${WORDS[type].join(', ')}`);
  if (type === 'array' && readMember(readMember(schema, 'items'), 'type') !== 'string')
    problems.push("needs items: { type: 'string' }; lists hold texts");
  return problems;
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
