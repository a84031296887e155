// A release's declaration beside the one that an environment has on the server.
import type { ParityFacts } from '../gates/parity-facts.ts';
import { mustHaveValue, type ReleasedDeclaration, type ReleasedEnvironment } from './released-declaration.ts';

/** What is declared of an environment on the server. */
export interface AppliedEnvironment {
  readonly kind: string;
  readonly executor: string;
  readonly targets: readonly { readonly name: string; readonly type: string }[];
  /** By layer. */
  readonly zones: Readonly<Record<string, string>>;
  readonly variables: readonly {
    readonly name: string;
    readonly type: string;
    readonly isSecret: boolean;
    readonly isRequired: boolean;
  }[];
}

/** The environment that a release shall come into. */
export interface ParityTarget {
  readonly name: string;
  /** Null: nobody has declared it. */
  readonly applied: AppliedEnvironment | null;
  /** Variables that all of its live agents have a value for. */
  readonly valued: ReadonlySet<string>;
}

/** Compares them. Subjects are in the order of the declaration's names. */
export function compareDeclarations(candidate: ReleasedDeclaration | undefined, target: ParityTarget): ParityFacts {
  if (candidate === undefined) return { state: 'unrecorded' };
  // Who declares nothing is not let into what is declared.
  if (candidate.environments.length === 0) return { state: target.applied === null ? 'none' : 'undeclared' };
  const own = candidate.environments.find(({ name }) => name === target.name);
  if (own === undefined) return { state: 'undeclared' };
  const { applied } = target;
  const found = applied === null ? [] : [...compareEnvironment(own, applied), ...compareVariables(candidate, applied)];
  return {
    state: 'compared',
    lacking: applied === null ? [`environments.${target.name}`] : listSubjects(found, 'lacking'),
    otherwise: listSubjects(found, 'otherwise'),
    unset: listUnset(candidate, own, target.valued),
    before: own.before,
    differences: own.differences,
    areValuesCompared: own.areValuesCompared,
  };
}

/** The variables that an environment must have a value for and that the commit does not set. */
export function listToBeValued(candidate: ReleasedDeclaration, environment: string): readonly string[] {
  const own = candidate.environments.find(({ name }) => name === environment);
  const needed = candidate.variables.filter((one) => mustHaveValue(one) && !own?.set.includes(one.name));
  return own ? needed.map(({ name }) => name) : [];
}

interface Found {
  readonly subject: string;
  readonly how: 'lacking' | 'otherwise';
}

function listSubjects(found: readonly Found[], how: Found['how']): readonly string[] {
  return found.filter((one) => one.how === how).map(({ subject }) => subject);
}

function compareEnvironment(own: ReleasedEnvironment, applied: AppliedEnvironment): readonly Found[] {
  const types = new Map(applied.targets.map(({ name, type }) => [name, type]));
  return [
    ...compare('kind', own.kind, applied.kind),
    ...compare('executor', own.executor, applied.executor),
    ...Object.entries(own.targets).flatMap(([name, type]) => compare(`targets.${name}`, type, types.get(name))),
    ...own.zones.flatMap((layer) =>
      Object.hasOwn(applied.zones, layer) ? [] : [{ subject: `zones.${layer}`, how: 'lacking' as const }],
    ),
  ];
}

function compareVariables({ variables }: ReleasedDeclaration, applied: AppliedEnvironment): readonly Found[] {
  const there = new Map(applied.variables.map((one) => [one.name, describe(one)]));
  return variables.flatMap((one) => compare(`variables.${one.name}`, describe(one), there.get(one.name)));
}

function describe({ type, isSecret, isRequired }: Omit<AppliedEnvironment['variables'][number], 'name'>): string {
  return [type, isSecret, isRequired].join(' ');
}

function compare(subject: string, wanted: string, there: string | undefined): readonly Found[] {
  if (there === wanted) return [];
  return [{ subject, how: there === undefined ? 'lacking' : 'otherwise' }];
}

function listUnset(
  candidate: ReleasedDeclaration,
  own: ReleasedEnvironment,
  valued: ReadonlySet<string>,
): readonly string[] {
  return listToBeValued(candidate, own.name)
    .filter((name) => !valued.has(name))
    .map((name) => `variables.${name}`);
}
