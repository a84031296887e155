// What a person types for a parameter, before it is a value: text for texts and numbers, a flag, lines of a list.
import {
  checkValue,
  type ParameterSchema,
  type ParameterSchemas,
  type ParameterValue,
  type ParameterValues,
} from '@towpath/core';

/** One field: text as typed (lists: one item a line), or a flag. Undefined: nothing was given. */
export type ParameterDraft = string | boolean | undefined;

export type ParameterDrafts = Readonly<Record<string, ParameterDraft>>;

/** The form as it opens: each value of `given`, else the default. */
export function draftParameters(schemas: ParameterSchemas, given: ParameterValues = {}): ParameterDrafts {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const value = Object.hasOwn(given, name) ? given[name] : schema.default;
      return [name, toDraft(value)];
    }),
  );
}

function toDraft(value: ParameterValue | undefined): ParameterDraft {
  if (value === undefined || typeof value === 'boolean') return value;
  return typeof value === 'object' ? value.join('\n') : String(value);
}

/** The value of a field; undefined when nothing was given, so that the server takes the default or asks for it. */
function readDraft(schema: ParameterSchema, draft: ParameterDraft): ParameterValue | undefined {
  if (draft === undefined || typeof draft === 'boolean') return draft;
  switch (schema.type) {
    case 'string':
      // An empty field is no text, unless empty is what the author meant by default.
      return draft === '' && schema.default !== '' ? undefined : draft;
    case 'integer':
    case 'number':
      return readNumber(draft);
    case 'array':
      return readLines(schema, draft);
    case 'boolean':
      return undefined;
  }
}

/** What is no number stays text, which the check names. */
function readNumber(text: string): ParameterValue | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return Number.isNaN(number) ? trimmed : number;
}

function readLines(schema: ParameterSchema, text: string): ParameterValue | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.length === 0 && schema.default === undefined ? undefined : lines;
}

/** The form as values to send, and what is wrong with each field, as the rest of a sentence that begins with its name. */
export interface ReadForm {
  readonly values: ParameterValues;
  readonly problems: Readonly<Record<string, string>>;
}

/** Reads the whole form by core's rules, which the server keeps too. */
export function readForm(schemas: ParameterSchemas, drafts: ParameterDrafts): ReadForm {
  const values: Record<string, ParameterValue> = {};
  const problems: Record<string, string> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = readDraft(schema, drafts[name]);
    const wrong = value === undefined ? checkAbsent(schema) : checkValue(schema, value);
    if (value !== undefined) values[name] = value;
    if (wrong.length > 0) problems[name] = wrong.join('; ');
  }
  return { values, problems };
}

function checkAbsent(schema: ParameterSchema): readonly string[] {
  return schema.default === undefined ? ['is required'] : [];
}

/** The values that differ from the defaults: all that a command has to name. */
export function listChanged(schemas: ParameterSchemas, values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => JSON.stringify(schemas[name]?.default) !== JSON.stringify(value)),
  );
}

/** Puts the server's problems (`day must be …; depth is required`) to their fields; the rest belongs to none. */
export function assignProblems(schemas: ParameterSchemas, cause: string): ReadForm['problems'] {
  const problems: Record<string, string> = {};
  for (const sentence of cause.split('; ')) {
    const name = Object.keys(schemas).find((candidate) => sentence.startsWith(`${candidate} `));
    if (name)
      problems[name] = [...(problems[name] ? [problems[name]] : []), sentence.slice(name.length + 1)].join('; ');
  }
  return problems;
}
