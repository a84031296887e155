// One environment's variables: picked by precedence, computed, checked, judged. All problems come together.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type {
  EnvironmentDeclaration,
  ProjectDeclaration,
  TargetDeclaration,
  VariableDeclaration,
} from '../declaration.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import type { OwnershipTable } from '../rules/ownership.ts';
import { parseSecretReference } from '../secret-reference.ts';
import { checkGuards, createGuardContext, type GuardEvaluator, listGuardsOf } from './check-guards.ts';
import { checkOwner } from './check-owner.ts';
import { checkReferences } from './check-references.ts';
import { checkSettings } from './check-settings.ts';
import { checkValue } from './check-value.ts';
import { computeValues } from './compute-values.ts';
import { deriveValues } from './derive-values.ts';
import { listCandidates, type ValueLayers } from './pick-value.ts';
import { resolveTargets } from './resolve-targets.ts';

/** What a resolution stands on. */
export interface ResolveRequest {
  readonly project: ProjectDeclaration;
  readonly environment: EnvironmentDeclaration;
  readonly layers: ValueLayers;
  readonly ownership: OwnershipTable;
  readonly evaluate: GuardEvaluator;
  /** A value that is missing is no problem: the environment's file is not here, and only what is known is checked. */
  readonly mayMiss?: boolean;
}

/** What comes out. */
export interface ResolvedValues {
  readonly values: ReadonlyMap<string, ResolvedValue>;
  readonly targets: ReadonlyMap<string, TargetDeclaration>;
  readonly problems: readonly ConfigProblem[];
}

/** Resolves all variables and targets of an environment. */
export function resolveValues(request: ResolveRequest): ResolvedValues {
  const { project, environment, ownership } = request;
  const variables = [...project.variables.values()];
  const derived = deriveValues(environment);
  const isComputed = ({ name, template }: VariableDeclaration): boolean =>
    template !== undefined && !request.layers.dev?.has(name);
  const picked = variables.filter((variable) => !isComputed(variable)).map((variable) => pickValue(request, variable));
  const given = new Map(
    [...derived, ...picked.filter((value) => value !== undefined)].map((value) => [value.name, value]),
  );
  const missing = listMissing(request, variables, given);
  const computed = computeValues({
    environment,
    given,
    missing: new Set(missing.flatMap(({ variable }) => variable ?? [])),
    variables: variables.filter(isComputed),
    listOthers: (variable) => listCandidates(variable, environment, request.layers, project.fileWins),
  });
  const checked = variables.flatMap((variable) => {
    const value = computed.values.get(variable.name) ?? given.get(variable.name);
    return value === undefined ? [] : [checkValue(variable, value, environment.name)];
  });
  const judged = [...derived, ...checked.map(({ value }) => value)].map((value) => judgeValue(request, value));
  const values = new Map(judged.map(({ value }) => [value.name, value]));
  const guarded = {
    ...{ environment, guards: project.guards, evaluate: request.evaluate, values, missing: computed.missing },
    ...{ variableNames: [...project.variables.keys()], envFile: request.layers.envFile },
  };
  const evaluate = (expression: string) => request.evaluate(expression, createGuardContext(guarded));
  const targets = resolveTargets({ environment, values, evaluate, missing: computed.missing });
  const guardProblems = checkGuards(guarded);
  const problems = [
    ...missing,
    ...computed.problems,
    ...checked.flatMap((one) => one.problems),
    ...judged.flatMap((one) => one.problems),
    ...targets.problems,
    ...targets.targets.flatMap(({ owned }) => checkOwner(ownership, environment, owned) ?? []),
    ...checkSettings(ownership, environment),
    ...checkReferences(ownership, environment, targets.targets),
    ...guardProblems,
  ];
  const broken = new Set(guardProblems.map(({ rule }) => rule));
  return {
    values: mapValues(values, (value) => {
      const held = listGuardsOf(guarded, value).filter((rule) => !broken.has(rule));
      return held.length === 0 ? value : { ...value, rules: [...value.rules, ...held] };
    }),
    targets: new Map(targets.targets.map(({ name, target }) => [name, target])),
    problems: request.mayMiss ? problems.filter(({ code }) => !ABOUT_MISSING.has(code)) : problems,
  };
}

/** Problems that may be only those of a file that is not here. */
const ABOUT_MISSING: ReadonlySet<string> = new Set([
  'VARIABLE_UNSET',
  'COMPUTED_INPUT_UNSET',
  'TARGET_INVALID',
  'GUARD_BROKEN',
]);

function pickValue(
  { project, environment, layers }: ResolveRequest,
  variable: VariableDeclaration,
): ResolvedValue | undefined {
  const [first, ...overridden] = listCandidates(variable, environment, layers, project.fileWins);
  if (first === undefined) return undefined;
  const secretReference = parseSecretReference(first.text);
  const { name, type } = variable;
  const isSecret = variable.isSecret || secretReference !== undefined;
  return { ...first, name, type, isSecret, secretReference, overridden, rules: [], resources: [] };
}

function judgeValue(
  { ownership, environment }: ResolveRequest,
  value: ResolvedValue,
): { value: ResolvedValue; problems: readonly ConfigProblem[] } {
  const problem = checkOwner(ownership, environment, value);
  if (problem !== undefined) return { value, problems: [problem] };
  const hasOwner = value.resources.length > 0 || value.secretReference !== undefined;
  return { value: hasOwner ? { ...value, rules: [...value.rules, 'owner'] } : value, problems: [] };
}

function listMissing(
  { environment, layers }: ResolveRequest,
  variables: readonly VariableDeclaration[],
  values: ReadonlyMap<string, ResolvedValue>,
): readonly ConfigProblem[] {
  const missing = variables.filter(
    ({ name, template, isRequired }) => template === undefined && isRequired && !values.has(name),
  );
  return missing.map(({ name, type, description, place }) =>
    createProblem({
      code: 'VARIABLE_UNSET',
      environment: environment.name,
      variable: name,
      place: layers.envFile.get(name)?.place ?? place,
      expected: `a value of type ${type}`,
      message: `${name}${description === undefined ? '' : ` (${description})`} has no value.`,
      fix: `Set ${name} in config/.env.${environment.name}.`,
    }),
  );
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}
