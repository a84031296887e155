// A declaration against itself: what no value could mend.

import { findNearest } from '../../naming/find-nearest.ts';
import type { ConfigProblem } from '../configuration-problem.ts';
import { createProblem } from '../create-problem.ts';
import { OWNED_KINDS, type ProjectDeclaration } from '../declaration.ts';
import { isReservedVariable, toDnsName } from '../derived-names.ts';
import { checkChannels } from './check-channels.ts';
import { checkRetention } from './check-retention.ts';
import { checkTemplates } from './check-templates.ts';
import { checkVariable } from './check-variable.ts';

/** Says what is wrong with an expression of a guard, given the names it may use; undefined when nothing is. */
export type ExpressionChecker = (expression: string, names: readonly string[]) => string | undefined;

/** All problems of a declaration. */
export function checkDeclaration(
  project: ProjectDeclaration,
  checkExpression: ExpressionChecker,
): readonly ConfigProblem[] {
  return [
    ...[...project.variables.values()].flatMap(checkVariable),
    ...checkTemplates(project),
    ...checkNames(project),
    ...checkValues(project),
    ...checkClashes(project),
    ...checkPatterns(project),
    ...checkRetention(project),
    ...checkChannels(project),
    ...checkExpressions(project, checkExpression),
  ];
}

function checkNames({ defaultEnvironment, environments, variables }: ProjectDeclaration): readonly ConfigProblem[] {
  const known = [...environments.keys()];
  const reserved = [...variables.values()].filter(({ name }) => isReservedVariable(name));
  const isKnown = defaultEnvironment === undefined || environments.has(defaultEnvironment);
  return [
    ...reserved.map(({ name, place }) =>
      createProblem({
        code: 'VARIABLE_RESERVED',
        variable: name,
        place,
        expected: 'another name',
        message: `${name} can't be declared: it follows from the environment.`,
      }),
    ),
    ...(isKnown ? [] : [unknownDefault(defaultEnvironment, known)]),
  ];
}

function unknownDefault(name: string, known: readonly string[]): ConfigProblem {
  const nearest = findNearest(name, known);
  return createProblem({
    code: 'DEFAULT_ENVIRONMENT_UNKNOWN',
    expected: `one of ${known.join(', ')}`,
    received: name,
    message: `defaultEnvironment is ${name}, which is not declared.`,
    fix: nearest === undefined ? undefined : `Did you mean ${nearest}?`,
  });
}

function checkValues({ environments, variables, parity }: ProjectDeclaration): readonly ConfigProblem[] {
  const settable = [...variables.values()].filter(({ template }) => template === undefined).map(({ name }) => name);
  const wrong = [...environments.values()].flatMap(({ name: environment, values }) =>
    [...values].flatMap(([name, { place }]) => (settable.includes(name) ? [] : [{ environment, name, place }])),
  );
  const compared = [...parity.variables, ...parity.same.filter((name) => !name.startsWith('sizing.'))]
    .filter((name) => !variables.has(name))
    .map((name) => ({ environment: '', name, place: undefined }));
  return [...wrong, ...compared].map(({ environment, name, place }) => {
    const nearest = findNearest(name, settable);
    const message = variables.has(name)
      ? `${name} is computed; it has no value of its own.`
      : `${name} is no declared variable.`;
    return createProblem({
      code: 'ENVIRONMENT_VALUE_UNDECLARED',
      environment,
      variable: name,
      place,
      expected: 'a declared variable',
      message,
      fix: nearest === undefined || variables.has(name) ? undefined : `Did you mean ${nearest}?`,
    });
  });
}

function checkClashes({ environments }: ProjectDeclaration): readonly ConfigProblem[] {
  const all = [...environments.values()];
  const seen = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const { name, namespace, stack, dbtTarget, zones, secrets, place } of all) {
    if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
      problems.push(
        createProblem({
          code: 'NAMESPACE_INVALID',
          environment: name,
          place,
          expected: 'a DNS label of at most 63 characters',
          received: namespace,
          message: `The namespace ${namespace} is no DNS label.`,
        }),
      );
    }
    const zoneNames = [...zones.values()].filter((zone) => !zone.includes('${'));
    const names = [
      `name ${toDnsName(name)}`,
      `namespace ${namespace}`,
      // Secrets of Kubernetes lie in a namespace.
      ...(typeof secrets?.options.namespace === 'string' ? [`namespace ${secrets.options.namespace}`] : []),
      // DBT_TARGET=prod must not lead to dev, nor look as if it did.
      ...[stack, name].map((text) => `stack ${text.toLowerCase()}`),
      ...[dbtTarget, name].map((text) => `dbt target ${text.toLowerCase()}`),
      ...zoneNames.map((zone) => `zone ${zone}`),
    ];
    for (const key of new Set(names)) {
      const other = seen.get(key);
      if (other === undefined) seen.set(key, name);
      else problems.push(clash(name, other, key, place));
    }
  }
  return problems;
}

function clash(name: string, other: string, key: string, place: ConfigProblem['place']): ConfigProblem {
  return createProblem({
    code: 'ENVIRONMENT_NAMES_CLASH',
    environment: name,
    place,
    expected: `another ${key.replace(/ \S+$/, '')} than that of ${other}`,
    received: key,
    message: `${name} and ${other} have the same ${key}.`,
  });
}

function checkPatterns({ environments, shared }: ProjectDeclaration): readonly ConfigProblem[] {
  return OWNED_KINDS.flatMap((kind) => {
    const owners = new Map(shared[kind].map((pattern) => [pattern.toLowerCase(), 'shared']));
    const claims = [...environments.values()].flatMap(({ name, owns, place }) =>
      owns[kind].map((pattern) => ({ name, place, pattern })),
    );
    return claims.flatMap(({ name, place, pattern }) => {
      const other = owners.get(pattern.toLowerCase()) ?? name;
      owners.set(pattern.toLowerCase(), other);
      return other === name ? [] : [ownedTwice(name, other, `${kind}: ${pattern}`, place)];
    });
  });
}

function ownedTwice(name: string, other: string, pattern: string, place: ConfigProblem['place']): ConfigProblem {
  return createProblem({
    code: 'OWNERSHIP_CLASH',
    environment: name,
    place,
    expected: 'a pattern of one environment',
    received: pattern,
    message: `${pattern} is ${other === 'shared' ? 'shared' : `owned by ${other}`}, and owned by ${name} besides.`,
  });
}

function checkExpressions(
  { guards, variables }: ProjectDeclaration,
  check: ExpressionChecker,
): readonly ConfigProblem[] {
  const names = [...variables.values()].filter(({ isSecret }) => !isSecret).map(({ name }) => name);
  return guards.flatMap(({ name, when, rule, place }) =>
    [when, rule].flatMap((expression) => {
      const wrong = expression === undefined ? undefined : check(expression, names);
      if (wrong === undefined) return [];
      return [
        createProblem({
          code: 'GUARD_INVALID',
          rule: name,
          place,
          expected: 'a CEL expression over kind, environment and variables that are not secret',
          received: expression,
          message: `The guard ${name} can't be read: ${wrong}.`,
        }),
      ];
    }),
  );
}
