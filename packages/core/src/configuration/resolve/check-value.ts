// One value against everything its declaration says of it.
import type { ConfigProblem } from '../configuration-problem.ts';
import type { ConfigurationRuleCode } from '../configuration-rules.ts';
import { createProblem } from '../create-problem.ts';
import type { VariableDeclaration } from '../declaration.ts';
import { describeText, describeValue } from '../mask.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { parseValue } from '../resources/parse-value.ts';
import { isSecretReference } from '../secret-reference.ts';
import { matchesPattern } from '../value-pattern.ts';
import type { OwnedValue } from './check-owner.ts';

/** What a declaration demands of a text. */
export type ValueRules = Pick<VariableDeclaration, 'type'> &
  Partial<Pick<VariableDeclaration, 'pattern' | 'min' | 'max' | 'values'>>;

/** What is looked at of a value, and what is filled in: `rules` and `resources`. */
export type CheckableValue = OwnedValue & Pick<ResolvedValue, 'rules'>;

/** What a value met, what it names, and what is wrong with it. */
export interface CheckedValue<Value extends CheckableValue> {
  readonly value: Value;
  readonly problems: readonly ConfigProblem[];
}

/** Checks type, pattern and range. A reference can only be checked for its form; its value is when it is fetched. */
export function checkValue<Value extends CheckableValue>(
  variable: ValueRules,
  value: Value,
  environment: string,
): CheckedValue<Value> {
  if (value.secretReference !== undefined) return { value, problems: [] };
  if (isSecretReference(value.text)) return { value, problems: [malformedReference(value, environment)] };
  const parsed = parseValue(variable.type, value.text, variable.values);
  const findings = [
    'expected' in parsed ? ({ code: 'VALUE_TYPE', expected: parsed.expected } as const) : undefined,
    checkPattern(variable, value.text),
    checkRange(variable, value.text),
  ].filter((finding) => finding !== undefined);
  const rules = ['type', ...(variable.pattern ? ['pattern'] : []), ...(hasRange(variable) ? ['range'] : [])];
  const broken = new Set(findings.map(({ code }) => code.replace('VALUE_', '').toLowerCase()));
  return {
    value: {
      ...value,
      rules: rules.filter((rule) => !broken.has(rule)),
      resources: 'expected' in parsed ? [] : parsed.resources,
    },
    problems: findings.map(({ code, expected }) => describe(code, expected, value, environment)),
  };
}

/** A finding of the declaration or of a value, without its place. */
export interface ValueFinding {
  readonly code: ConfigurationRuleCode;
  readonly expected: string;
}

/** Undefined: the whole text matches, or there is no pattern. */
export function checkPattern({ pattern }: Pick<ValueRules, 'pattern'>, text: string): ValueFinding | undefined {
  if (pattern === undefined || matchesPattern(pattern, text)) return undefined;
  return { code: 'VALUE_PATTERN', expected: `a text that matches ${pattern}` };
}

/** Undefined: within the range, or there is none. */
export function checkRange(
  { type, min, max }: Pick<ValueRules, 'type' | 'min' | 'max'>,
  text: string,
): ValueFinding | undefined {
  const isNumber = type === 'integer' || type === 'number' || type === 'port';
  const size = isNumber ? Number(text) : text.length;
  const isWithin = size >= (min ?? Number.NEGATIVE_INFINITY) && size <= (max ?? Number.POSITIVE_INFINITY);
  if (isWithin || Number.isNaN(size)) return undefined;
  const range = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`];
  return { code: 'VALUE_RANGE', expected: `${range.filter(Boolean).join(' and ')}${isNumber ? '' : ' characters'}` };
}

function hasRange({ min, max }: ValueRules): boolean {
  return min !== undefined || max !== undefined;
}

function describe(
  code: ConfigurationRuleCode,
  expected: string,
  value: CheckableValue,
  environment: string,
): ConfigProblem {
  const received = describeValue(value);
  return createProblem({
    code,
    environment,
    variable: value.name,
    place: value.place,
    expected,
    received,
    message: `${value.name} must be ${expected}; it is ${received}.`,
  });
}

function malformedReference(value: CheckableValue, environment: string): ConfigProblem {
  return createProblem({
    code: 'SECRET_REFERENCE_INVALID',
    environment,
    variable: value.name,
    place: value.place,
    expected: 'secret://name#field',
    received: describeText('string', 'secret://…'),
    message: `${value.name} refers to a secret in a form that can't be read.`,
  });
}
