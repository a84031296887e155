// Guards: the ones of production, which nothing switches off, and the project's own. All that are broken are told together.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { DeclaredText, EnvironmentDeclaration, GuardDeclaration } from '../declaration.ts';
import { describeValue } from '../mask.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { parseBoolean } from '../resources/parse-value.ts';
import type { ValueType } from '../value-type.ts';

/** What an expression of a guard sees: `kind`, `environment`, and every variable that is not secret, null when unset. */
export type GuardContext = Readonly<Record<string, string | number | boolean | null>>;

/** Evaluates an expression; a result that is no boolean is an error. The error's text holds no value. */
export type GuardEvaluator = (expression: string, context: GuardContext) => boolean | { readonly error: string };

/** What guards look at. */
export interface GuardRequest {
  readonly environment: EnvironmentDeclaration;
  readonly guards: readonly GuardDeclaration[];
  readonly variableNames: readonly string[];
  readonly values: ReadonlyMap<string, ResolvedValue>;
  readonly evaluate: GuardEvaluator;
  /** What the environment's file sets, declared or not. */
  readonly envFile: ReadonlyMap<string, DeclaredText>;
  /** Variables whose lack of a value is told already: a guard that looks at one is not told besides. */
  readonly missing: ReadonlySet<string>;
}

/** Names of the guards that look at a variable; those that hold are shown as rules it met. */
export function listGuardsOf(
  { environment, guards }: Pick<GuardRequest, 'environment' | 'guards'>,
  value: ResolvedValue,
): readonly string[] {
  const { name, type } = value;
  const isProduction = environment.kind === 'production';
  const builtIn = [
    ...(type === 'prefix' ? ['production-prefix'] : []),
    ...(name === 'DEBUG' || name === 'DEBUG_MODE' ? ['production-debug'] : []),
    ...(name === 'LOG_LEVEL' ? ['production-log-level'] : []),
  ];
  const own = guards.filter(({ when = '', rule }) => namesVariable(`${when} ${rule}`, name));
  return [...(isProduction ? builtIn : []), ...own.map((guard) => guard.name)];
}

/** True for an expression that looks at a variable. */
export function namesVariable(expression: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(expression);
}

/** Problems of all guards. */
export function checkGuards(request: GuardRequest): readonly ConfigProblem[] {
  const { environment, guards, values } = request;
  const production =
    environment.kind === 'production'
      ? [...values.values(), ...listUndeclared(request)].flatMap((value) => checkProduction(environment.name, value))
      : [];
  if (guards.length === 0) return production;
  const context = createGuardContext(request);
  return [...production, ...guards.flatMap((guard) => checkOwn(request, guard, context))];
}

/** Nobody's declaration switches these guards on: the names mean the same to whatever reads the file. */
const GUARDED_NAMES: readonly (readonly [string, ValueType])[] = [
  ['DEBUG', 'boolean'],
  ['DEBUG_MODE', 'boolean'],
  ['LOG_LEVEL', 'logLevel'],
];

function listUndeclared({ envFile, variableNames }: GuardRequest): readonly GuardedValue[] {
  return GUARDED_NAMES.flatMap(([name, type]) => {
    const found = variableNames.includes(name) ? undefined : envFile.get(name);
    return found === undefined || found.text === '' ? [] : [{ ...found, name, type, isSecret: false }];
  });
}

type GuardedValue = Pick<ResolvedValue, 'name' | 'text' | 'type' | 'place' | 'isSecret' | 'secretReference'>;

// The three of document 004: prefix == environment, debug off, log level INFO.
function checkProduction(environment: string, value: GuardedValue): readonly ConfigProblem[] {
  const { name, text, type, place } = value;
  const facts = { environment, variable: name, place, received: describeValue(value) };
  if (type === 'prefix' && text !== environment) {
    return [
      createProblem({
        ...facts,
        code: 'PRODUCTION_PREFIX',
        expected: environment,
        message: `${name} must be ${environment} in production.`,
      }),
    ];
  }
  if ((name === 'DEBUG' || name === 'DEBUG_MODE') && parseBoolean(text) !== false) {
    return [
      createProblem({
        ...facts,
        code: 'PRODUCTION_DEBUG',
        expected: 'false',
        message: `${name} must be off in production.`,
      }),
    ];
  }
  if (name === 'LOG_LEVEL' && text.toUpperCase() !== 'INFO') {
    return [
      createProblem({
        ...facts,
        code: 'PRODUCTION_LOG_LEVEL',
        expected: 'INFO',
        message: 'LOG_LEVEL must be INFO in production.',
      }),
    ];
  }
  return [];
}

function checkOwn(
  { environment, evaluate, missing }: GuardRequest,
  guard: GuardDeclaration,
  context: GuardContext,
): readonly ConfigProblem[] {
  const applies = guard.when === undefined ? true : evaluate(guard.when, context);
  if (applies === false) return [];
  const holds = applies === true ? evaluate(guard.rule, context) : applies;
  if (holds === true || [...missing].some((name) => namesVariable(`${guard.when} ${guard.rule}`, name))) return [];
  // What can't be evaluated is not known to hold.
  const why = typeof holds === 'object' ? ` It can't be evaluated: ${holds.error}.` : '';
  return [
    createProblem({
      code: 'GUARD_BROKEN',
      rule: guard.name,
      environment: environment.name,
      place: guard.place,
      expected: guard.rule,
      message: `${guard.message}${why}`,
      fix: guard.fix,
    }),
  ];
}

/** What an expression sees of an environment. */
export function createGuardContext({
  environment,
  variableNames,
  values,
}: Pick<GuardRequest, 'environment' | 'variableNames' | 'values'>): GuardContext {
  const variables = variableNames.flatMap((name) => {
    const value = values.get(name);
    return value?.isSecret ? [] : [[name, toGuardValue(value)] as const];
  });
  return { ...Object.fromEntries(variables), kind: environment.kind, environment: environment.name };
}

function toGuardValue(value: ResolvedValue | undefined): string | number | boolean | null {
  if (value === undefined) return null;
  const { type, text } = value;
  if (type === 'boolean') return parseBoolean(text) ?? text;
  const isNumber = type === 'integer' || type === 'number' || type === 'port';
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}
