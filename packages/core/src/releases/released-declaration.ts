// What a release holds of its project's declaration, so that it can be laid beside what an environment declares: names and types,
// and in what its environments differ. No value of an environment is part of it.
import type { ProjectDeclaration, VariableDeclaration } from '../configuration/declaration.ts';
import { compareEnvironments, type ParitySide } from '../configuration/parity.ts';
import { formatDeclaredExecutor } from '../environments/decide-executor.ts';
import type { EnvironmentKind } from '../environments/environment.ts';

/** A variable. */
export interface ReleasedVariable {
  readonly name: string;
  readonly type: string;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  /** It has a default, or is computed: no environment has to set it. */
  readonly isProvided: boolean;
}

/** An environment that releases are promoted to. */
export interface ReleasedEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly executor: string;
  /** Type by name. */
  readonly targets: Readonly<Record<string, string>>;
  /** Layers. */
  readonly zones: readonly string[];
  /** Variables that must be set, and are set by files of the commit. */
  readonly set: readonly string[];
  /** The environment before it; null: it is the first. */
  readonly before: string | null;
  /** In what it differs from that one although parity of the project does not allow it. */
  readonly differences: readonly string[];
  /** Whether the values of both were in the commit, and so compared. */
  readonly areValuesCompared: boolean;
}

/** What a release declares. */
export interface ReleasedDeclaration {
  readonly variables: readonly ReleasedVariable[];
  /** In order; without `local`. Empty: the project declares none. */
  readonly environments: readonly ReleasedEnvironment[];
}

/** An environment as its commit has it. */
export interface CommittedEnvironment extends ParitySide {
  /** Whether all files that its values come from are in the commit; otherwise only its settings can be compared. */
  readonly isWhole: boolean;
}

/** What the release of a project declares. Environments are given in order; `local` is left out. */
export function toReleasedDeclaration(
  project: ProjectDeclaration,
  environments: readonly CommittedEnvironment[],
): ReleasedDeclaration {
  const promoted = environments.filter(({ environment }) => environment.kind !== 'local');
  const variables = [...project.variables.values()].map(toVariable).sort(byName);
  const mustBeSet = variables.filter(mustHaveValue).map(({ name }) => name);
  return {
    variables,
    environments: project.hasEnvironments
      ? promoted.map((one, at) => toEnvironment(project, one, { before: promoted[at - 1], mustBeSet }))
      : [],
  };
}

/** Whether environments have to give it a value. */
export function mustHaveValue({ isRequired, isProvided }: ReleasedVariable): boolean {
  return isRequired && !isProvided;
}

function toVariable({ name, type, isSecret, isRequired, ...given }: VariableDeclaration): ReleasedVariable {
  const isProvided = given.default !== undefined || given.template !== undefined;
  return { name, type, isSecret, isRequired, isProvided };
}

interface Beside {
  readonly before: CommittedEnvironment | undefined;
  readonly mustBeSet: readonly string[];
}

function toEnvironment(
  project: ProjectDeclaration,
  one: CommittedEnvironment,
  { before, mustBeSet }: Beside,
): ReleasedEnvironment {
  const { name, kind, executor, targets, zones } = one.environment;
  const areValuesCompared = before?.isWhole === true && one.isWhole;
  return {
    ...{ name, kind, executor: formatDeclaredExecutor(executor) },
    targets: Object.fromEntries([...targets].map(([target, { type }]) => [target, type])),
    zones: [...zones.keys()].sort(),
    set: mustBeSet.filter((variable) => isSet(one, variable)),
    before: before?.environment.name ?? null,
    differences: before ? listDifferences(project, before, one, areValuesCompared) : [],
    areValuesCompared,
  };
}

// towpath.yaml is always in the commit; the environment's file may not be.
function isSet({ environment, values, isWhole }: CommittedEnvironment, variable: string): boolean {
  const { text = '' } = (isWhole ? values : environment.values).get(variable) ?? {};
  return text !== '';
}

function listDifferences(
  project: ProjectDeclaration,
  before: CommittedEnvironment,
  one: CommittedEnvironment,
  areValuesCompared: boolean,
): readonly string[] {
  return compareEnvironments(project, before, one)
    .filter(({ subject, isAllowed }) => !isAllowed && (areValuesCompared || !project.variables.has(subject)))
    .map(({ subject }) => (project.variables.has(subject) ? `variables.${subject}` : subject))
    .sort();
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
