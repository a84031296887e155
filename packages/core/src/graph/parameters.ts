// Parameters of a pipeline: declared in words of JSON Schema, checked when a run is planned, frozen with it.
import { TowpathError } from '../errors/towpath-error.ts';
import { isCalendarDay, isInstant } from './calendar-text.ts';
import { checkParameterShape } from './parameter-shape.ts';

/** A value of a parameter. */
export type ParameterValue = string | number | boolean | readonly string[];

export type ParameterValues = Readonly<Record<string, ParameterValue>>;

interface SchemaBase<T> {
  readonly description?: string;
  /** Absent: a run can't be started without the parameter. */
  readonly default?: T;
}

/** Text; `date` is `2026-11-25`, `date-time` an RFC 3339 instant. */
export interface StringParameter extends SchemaBase<string> {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly format?: 'date' | 'date-time';
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface NumberParameter extends SchemaBase<number> {
  readonly type: 'integer' | 'number';
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface BooleanParameter extends SchemaBase<boolean> {
  readonly type: 'boolean';
}

/** A list of texts. */
export interface ArrayParameter extends SchemaBase<readonly string[]> {
  readonly type: 'array';
  readonly items: { readonly type: 'string'; readonly enum?: readonly string[] };
  readonly minItems?: number;
  readonly maxItems?: number;
}

export type ParameterSchema = StringParameter | NumberParameter | BooleanParameter | ArrayParameter;

export type ParameterSchemas = Readonly<Record<string, ParameterSchema>>;

/** Names of parameters: they travel into placeholders and addresses. */
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** All values of a run together, as JSON: a run's parameters say what to do, they don't carry data. */
export const MAX_PARAMETERS_CHARACTERS = 65_536;

/** What is wrong with declarations, in words: names, shapes, and defaults that don't fit their own schema. */
export function checkParameterSchemas(schemas: ParameterSchemas): readonly string[] {
  return Object.entries(schemas).flatMap(([name, schema]) => {
    if (!PARAMETER_NAME.test(name)) return [`${JSON.stringify(name)} is no name: letters, digits and _, at most 63`];
    const ofShape = checkParameterShape(schema);
    if (ofShape.length > 0) return ofShape.map((why) => `${name} ${why}`);
    return schema.default === undefined
      ? []
      : checkValue(schema, schema.default).map((why) => `default of ${name} ${why}`);
  });
}

/**
 * The values a run is planned with: what was given, else the default. The result has every declared name.
 *
 * @throws TowpathError `PARAMETERS_INVALID` listing every problem
 */
export function resolveParameters(
  schemas: ParameterSchemas,
  given: Readonly<Record<string, unknown>>,
): ParameterValues {
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(schemas, name))
    .map((name) => `there is no parameter ${JSON.stringify(name)}`);
  const values: [string, ParameterValue][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(given, name) ? given[name] : schema.default;
    const wrong = value === undefined ? ['is required'] : checkValue(schema, value);
    problems.push(...wrong.map((why) => `${name} ${why}`));
    // Checked just now.
    if (wrong.length === 0) values.push([name, value as ParameterValue]);
  }
  if (problems.length === 0 && JSON.stringify(values).length > MAX_PARAMETERS_CHARACTERS)
    problems.push(`together they have more than ${MAX_PARAMETERS_CHARACTERS} characters`);
  if (problems.length > 0) throw invalid(problems, schemas);
  return Object.fromEntries(values);
}

/** What is wrong with a value, as the rest of a sentence that begins with its name. */
export function checkValue(schema: ParameterSchema, value: unknown): readonly string[] {
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' ? checkText(schema, value) : [`must be a text, not ${nameType(value)}`];
    case 'integer':
    case 'number':
      return checkNumber(schema, value);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`must be true or false, not ${nameType(value)}`];
    case 'array':
      return checkList(schema, value);
    default:
      return ['has a schema of an unknown type'];
  }
}

function checkText({ enum: allowed, format, minLength = 0, maxLength }: StringParameter, text: string): string[] {
  const problems: string[] = [];
  if (text.includes('\0') || !text.isWellFormed()) problems.push('holds characters that can not be stored');
  if (allowed && !allowed.includes(text)) problems.push(`must be one of ${allowed.join(', ')}`);
  if (format === 'date' && !isCalendarDay(text)) problems.push('must be a day such as 2026-11-25');
  if (format === 'date-time' && !isInstant(text)) problems.push('must be an instant such as 2026-11-25T06:00:00Z');
  if (text.length < minLength) problems.push(`must have at least ${minLength} characters`);
  if (maxLength !== undefined && text.length > maxLength) problems.push(`must have at most ${maxLength} characters`);
  return problems;
}

function checkNumber({ type, minimum, maximum }: NumberParameter, value: unknown): string[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [`must be a number, not ${nameType(value)}`];
  const problems: string[] = [];
  if (type === 'integer' && !Number.isSafeInteger(value)) problems.push('must be a whole number');
  if (minimum !== undefined && value < minimum) problems.push(`must be at least ${minimum}`);
  if (maximum !== undefined && value > maximum) problems.push(`must be at most ${maximum}`);
  return problems;
}

function checkList({ items, minItems = 0, maxItems }: ArrayParameter, value: unknown): string[] {
  if (!Array.isArray(value)) return [`must be a list of texts, not ${nameType(value)}`];
  const problems = value.flatMap((item: unknown, at) => checkValue(items, item).map((why) => `[${at}] ${why}`));
  if (value.length < minItems) problems.push(`must have at least ${minItems} items`);
  if (maxItems !== undefined && value.length > maxItems) problems.push(`must have at most ${maxItems} items`);
  return problems;
}

function nameType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

function invalid(problems: readonly string[], schemas: ParameterSchemas): TowpathError {
  const names = Object.keys(schemas);
  return new TowpathError({
    code: 'PARAMETERS_INVALID',
    message: 'The run can not be started with these parameters.',
    cause: problems.slice(0, 50).join('; '),
    fix: names.length === 0 ? 'The pipeline has no parameters; leave them out.' : `It has: ${names.join(', ')}.`,
  });
}
