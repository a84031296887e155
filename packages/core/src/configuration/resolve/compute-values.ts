// Computed variables, in whatever order they stand on each other.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { EnvironmentDeclaration, VariableDeclaration } from '../declaration.ts';
import { describeValue } from '../mask.ts';
import type { OverriddenValue, ResolvedValue } from '../resolved-configuration.ts';
import { fillTemplate, listInputs, parseTemplate, type TemplatePart } from '../template.ts';

/** What computed values stand on. */
export interface ComputeRequest {
  readonly environment: EnvironmentDeclaration;
  readonly variables: readonly VariableDeclaration[];
  /** Values that are not computed, by name. */
  readonly given: ReadonlyMap<string, ResolvedValue>;
  /** Variables whose lack of a value is told already: what stands on them is not told besides. */
  readonly missing: ReadonlySet<string>;
  /** Values that something else gives a computed variable. */
  readonly listOthers: (variable: VariableDeclaration) => readonly OverriddenValue[];
}

/** Computes what can be, and says of the rest which input is missing. `missing`: all whose lack of a value is told then. */
export function computeValues(request: ComputeRequest): {
  readonly values: ReadonlyMap<string, ResolvedValue>;
  readonly problems: readonly ConfigProblem[];
  readonly missing: ReadonlySet<string>;
} {
  const values = new Map<string, ResolvedValue>();
  const missing = new Set(request.missing);
  const problems: ConfigProblem[] = [];
  const waiting = new Map(request.variables.map((variable) => [variable.name, variable]));
  const find = (name: string): ResolvedValue | undefined => {
    const variable = waiting.get(name);
    if (variable !== undefined) {
      // Taken out first: a cycle, which the declaration refuses, ends here as an input without a value.
      waiting.delete(name);
      const computed = computeValue({ ...request, missing }, variable, find);
      problems.push(...computed.problems);
      if (computed.value) values.set(name, computed.value);
      else missing.add(name);
    }
    return values.get(name) ?? request.given.get(name);
  };
  for (const { name } of request.variables) find(name);
  return { values, problems, missing };
}

interface Computed {
  readonly value?: ResolvedValue;
  readonly problems: readonly ConfigProblem[];
}

function computeValue(
  request: ComputeRequest,
  variable: VariableDeclaration,
  find: (name: string) => ResolvedValue | undefined,
): Computed {
  const parts = parseTemplate(variable.template?.text ?? '') ?? [];
  const inputs = listInputs(parts).map((name) => ({ name, value: find(name) }));
  const told = inputs.filter(({ name, value }) => value === undefined && request.missing.has(name));
  if (told.length > 0) return { problems: [] };
  const problem = findInputProblem(request.environment.name, variable, inputs);
  if (problem !== undefined) return { problems: [problem] };
  const value = fill(variable, parts, find);
  if (value === undefined) return { problems: [] };
  const other = request.listOthers(variable).find(({ text }) => text !== value.text);
  return { value, problems: other === undefined ? [] : [contradicted(request.environment.name, value, other)] };
}

function fill(
  { name, type, isSecret, template }: VariableDeclaration,
  parts: readonly TemplatePart[],
  find: (name: string) => ResolvedValue | undefined,
): ResolvedValue | undefined {
  const text = fillTemplate(parts, (input) => find(input)?.text);
  if (text === undefined) return undefined;
  const hasSecret = isSecret || listInputs(parts).some((input) => find(input)?.isSecret);
  const place = template?.place;
  return {
    name,
    text,
    isSecret: hasSecret,
    source: 'computed',
    place,
    type,
    rules: ['computed'],
    overridden: [],
    resources: [],
  };
}

interface Input {
  readonly name: string;
  readonly value: ResolvedValue | undefined;
}

function findInputProblem(
  environment: string,
  { name, template }: VariableDeclaration,
  inputs: readonly Input[],
): ConfigProblem | undefined {
  const facts = { environment, variable: name, place: template?.place };
  const unset = inputs.filter(({ value }) => value === undefined).map((input) => input.name);
  if (unset.length > 0) {
    return createProblem({
      ...facts,
      code: 'COMPUTED_INPUT_UNSET',
      expected: `a value for ${unset.join(', ')}`,
      message: `${name} is computed from ${unset.join(', ')}, which ${unset.length === 1 ? 'has' : 'have'} no value.`,
      fix: `Set ${unset.join(', ')} in config/.env.${environment}, or give it a default.`,
    });
  }
  const reference = inputs.find(({ value }) => value?.secretReference !== undefined);
  if (reference === undefined) return undefined;
  return createProblem({
    ...facts,
    code: 'COMPUTED_FROM_REFERENCE',
    expected: `a value of ${reference.name} that is known here`,
    message: `${name} is computed from ${reference.name}, which is a reference to a secret.`,
  });
}

function contradicted(environment: string, value: ResolvedValue, other: OverriddenValue): ConfigProblem {
  return createProblem({
    code: 'COMPUTED_CONTRADICTED',
    environment,
    variable: value.name,
    place: other.place,
    expected: describeValue(value),
    received: describeValue({ ...value, text: other.text }),
    message: `${value.name} is computed, but ${SOURCE_WORDS[other.source]} sets it to something else.`,
  });
}

/** Sources in words: "… sets it". */
export const SOURCE_WORDS: Readonly<Record<OverriddenValue['source'], string>> = {
  dev: 'this machine',
  flag: 'a flag',
  process: 'the process',
  envFile: 'the environment file',
  project: 'towpath.yaml',
  default: 'its default',
  computed: 'its template',
  derived: 'the environment',
};
