// Table stores and object zones of an environment, with their texts filled in and judged like variables.
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import type { EnvironmentDeclaration, S3TargetDeclaration, TargetDeclaration } from '../declaration.ts';
import { describeValue } from '../mask.ts';
import type { ResolvedValue } from '../resolved-configuration.ts';
import { parseHostPort, toHostResource } from '../resources/parse-host.ts';
import { parseValue } from '../resources/parse-value.ts';
import type { Resource } from '../resources/resource.ts';
import { isSecretReference, parseSecretReference } from '../secret-reference.ts';
import { fillTemplate, listInputs, parseTemplate } from '../template.ts';
import type { ValueType } from '../value-type.ts';
import { type GuardEvaluator, namesVariable } from './check-guards.ts';
import type { OwnedValue } from './check-owner.ts';

/** A target's parts as values with an owner, beside the target itself. */
export interface ResolvedTarget {
  readonly name: string;
  readonly target: TargetDeclaration;
  readonly owned: OwnedValue;
}

/** What targets are resolved with. */
export interface TargetRequest {
  readonly environment: EnvironmentDeclaration;
  readonly values: ReadonlyMap<string, ResolvedValue>;
  /** Whether a `when` holds. */
  readonly evaluate: (expression: string) => ReturnType<GuardEvaluator>;
  /** Variables whose lack of a value is told already: what is missing in a target for want of them is not told besides. */
  readonly missing: ReadonlySet<string>;
}

/** Fills in and checks all targets. One with a problem is left out, and so is one whose `when` does not hold. */
export function resolveTargets(request: TargetRequest): {
  readonly targets: readonly ResolvedTarget[];
  readonly problems: readonly ConfigProblem[];
} {
  const { environment, evaluate } = request;
  const results = [...environment.targets].flatMap(([name, target]) => {
    const isThere = target.when === undefined || evaluate(target.when);
    if (isThere === false) return [];
    if (isThere !== true) return [{ problems: judgeWhen(request, name, target) }];
    return [resolveTarget(request, name, target)];
  });
  return {
    targets: results.flatMap((result) => ('target' in result ? [result] : [])),
    problems: results.flatMap((result) => ('problems' in result ? result.problems : [])),
  };
}

function resolveTarget(
  { environment: { name: environment }, values, missing }: TargetRequest,
  name: string,
  target: TargetDeclaration,
): ResolvedTarget | { readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  let isSecret = false;
  const read = (part: string, type: ValueType, text: string): string => {
    const filled = fillPart(text, values);
    isSecret ||= filled.isSecret;
    const found = 'text' in filled ? checkPart(type, filled.text) : filled.expected;
    if (found !== undefined) problems.push(invalidPart({ environment, name, part, target, ...found }));
    return 'text' in filled ? filled.text : text;
  };
  const filled = readParts(target, read, (text) => isUnset(text, values));
  if (listTargetInputs(target).some((input) => missing.has(input))) return { problems: [] };
  if (problems.length > 0) return { problems };
  const owned: OwnedValue = {
    name: `targets.${name}`,
    place: target.place,
    type: 'string',
    text: describeTarget(filled),
    isSecret,
    resources: listResources(filled),
  };
  return { name, target: filled, owned };
}

/** An optional part that is one variable without a value is left out, as one that is not declared. */
function isUnset(text: string, values: ReadonlyMap<string, ResolvedValue>): boolean {
  const [, name] = /^\$\{(\w+)\}$/.exec(text) ?? [];
  return name !== undefined && !values.has(name);
}

type IsUnset = (text: string) => boolean;

type ReadPart = (part: string, type: ValueType, text: string) => string;

function readParts(target: TargetDeclaration, read: ReadPart, isAbsent: IsUnset): TargetDeclaration {
  if (target.type === 'folder') return { ...target, location: read('location', 'path', target.location) };
  if (target.type === 's3') return readBucket(target, read, isAbsent);
  const { user, password } = target;
  return {
    ...target,
    host: read('host', 'host', target.host),
    port: read('port', 'port', target.port),
    database: read('database', 'database', target.database),
    user: user === undefined || isAbsent(user) ? undefined : read('user', 'string', user),
    password: password === undefined || isAbsent(password) ? undefined : read('password', 'string', password),
  };
}

function readBucket(target: S3TargetDeclaration, read: ReadPart, isAbsent: IsUnset): S3TargetDeclaration {
  const readOptional = (part: Exclude<keyof S3TargetDeclaration, 'type' | 'place'>, type: ValueType) => {
    const text = target[part];
    return text === undefined || isAbsent(text) ? undefined : read(part, type, text);
  };
  return {
    ...target,
    location: read('location', 'bucket', target.location),
    endpoint: readOptional('endpoint', 'url'),
    region: readOptional('region', 'string'),
    pathStyle: readOptional('pathStyle', 'boolean'),
    accessKeyId: readOptional('accessKeyId', 'string'),
    secretAccessKey: readOptional('secretAccessKey', 'string'),
    sessionToken: readOptional('sessionToken', 'string'),
  };
}

interface Wrong {
  readonly expected: string;
  readonly received: string | undefined;
}

function fillPart(
  text: string,
  values: ReadonlyMap<string, ResolvedValue>,
): { readonly isSecret: boolean } & ({ readonly text: string } | { readonly expected: Wrong }) {
  const parts = parseTemplate(text);
  if (parts === undefined)
    return {
      isSecret: false,
      expected: { expected: 'names of variables in braces, each after a $', received: undefined },
    };
  const inputs = listInputs(parts);
  const isSecret = inputs.some((input) => values.get(input)?.isSecret);
  const filled = fillTemplate(parts, (input) => values.get(input)?.text);
  const unset = inputs.filter((input) => !values.has(input)).join(', ');
  return filled === undefined
    ? { isSecret, expected: { expected: `a value for ${unset}`, received: undefined } }
    : { isSecret, text: filled };
}

function checkPart(type: ValueType, text: string): Wrong | undefined {
  if (isSecretReference(text)) {
    const isGood = type === 'string' && parseSecretReference(text) !== undefined;
    return isGood
      ? undefined
      : { expected: 'a text, or a reference secret://name#field of a user, password or key', received: undefined };
  }
  const parsed = parseValue(type, text);
  const received = describeValue({ type, text, isSecret: false });
  return 'expected' in parsed ? { expected: parsed.expected, received } : undefined;
}

function listResources(target: TargetDeclaration): readonly Resource[] {
  if (target.type === 'folder') return listNamed('path', target.location);
  if (target.type === 's3') return [...listNamed('bucket', target.location), ...listNamed('url', target.endpoint)];
  const host = parseHostPort(target.host.includes(':') ? `[${target.host}]` : target.host, Number(target.port));
  const database: Resource = { kind: 'databases', role: 'inside', names: [target.database] };
  return host === undefined ? [database] : [toHostResource(host), database];
}

function listNamed(type: ValueType, text: string | undefined): readonly Resource[] {
  const parsed = text === undefined ? undefined : parseValue(type, text);
  return parsed !== undefined && 'resources' in parsed ? parsed.resources : [];
}

function describeTarget(target: TargetDeclaration): string {
  return target.type === 'postgres' ? `${target.host}:${target.port}/${target.database}` : target.location;
}

function listTargetInputs(target: TargetDeclaration): readonly string[] {
  const texts = Object.values(target).filter((part) => typeof part === 'string');
  return texts.flatMap((text) => listInputs(parseTemplate(text) ?? []));
}

/** Why a `when` is neither true nor false: a variable without a value, mostly. */
function judgeWhen(
  { environment, values, missing }: TargetRequest,
  name: string,
  target: TargetDeclaration,
): readonly ConfigProblem[] {
  const { when = '' } = target;
  if ([...missing].some((variable) => namesVariable(when, variable))) return [];
  const unset = (when.match(/\b[A-Z][A-Z0-9_]*\b/g) ?? []).filter((variable) => !values.has(variable));
  const expected =
    unset.length > 0
      ? `about variables that have a value; ${[...new Set(unset)].join(', ')} has none`
      : 'an expression that is true or false, over kind, environment and variables';
  return [invalidPart({ environment: environment.name, name, part: 'when', target, expected, received: when })];
}

interface InvalidPart extends Wrong {
  readonly environment: string;
  readonly name: string;
  readonly part: string;
  readonly target: TargetDeclaration;
}

function invalidPart({ environment, name, part, target, expected, received }: InvalidPart): ConfigProblem {
  return createProblem({
    code: 'TARGET_INVALID',
    environment,
    variable: `targets.${name}.${part}`,
    place: target.place,
    expected,
    received,
    message: `The ${part} of the target ${name} must be ${expected}.`,
  });
}
