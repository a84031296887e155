// Pipelines run without a type checker, so the declaration of a parameter may be anything at all.

/** Words that a declaration may have, by its type. */
const WORDS = {
  string: ['type', 'description', 'default', 'enum', 'format', 'minLength', 'maxLength'],
  integer: ['type', 'description', 'default', 'minimum', 'maximum'],
  number: ['type', 'description', 'default', 'minimum', 'maximum'],
  boolean: ['type', 'description', 'default'],
  array: ['type', 'description', 'default', 'items', 'minItems', 'maxItems'],
} as const satisfies Record<string, readonly string[]>;

function isType(type: unknown): type is keyof typeof WORDS {
  return typeof type === 'string' && Object.hasOwn(WORDS, type);
}

/** What is wrong with a declaration before any value is looked at, as the rest of a sentence that begins with its name. */
export function checkParameterShape(schema: unknown): readonly string[] {
  const type = readMember(schema, 'type');
  if (!isType(type)) return [`has the type ${JSON.stringify(type)}; there are ${Object.keys(WORDS).join(', ')}`];
  const words: readonly string[] = WORDS[type];
  const problems = Object.keys(Object(schema))
    .filter((word) => !words.includes(word))
    .map((word) => `has no option ${JSON.stringify(word)}; ${type} has ${words.join(', ')}`);
  if (type === 'array' && readMember(readMember(schema, 'items'), 'type') !== 'string')
    problems.push("needs items: { type: 'string' }; lists hold texts");
  return problems;
}

function readMember(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
