// One selector: --environment > ENVIRONMENT > DBT_TARGET alone > defaultEnvironment > the only environment of kind local. Nothing
// that others use is guessed, host names are never looked at, and inside a cluster the last two do not count.
import {
  DERIVED_VARIABLES,
  type EnvironmentDeclaration,
  findNearest,
  formatEnvironmentTag,
  type ProjectDeclaration,
  TowpathError,
} from '@towpath/core';

/** What the decision looks at. */
export interface SelectionInputs {
  /** Of `--environment`. */
  readonly flag?: string | undefined;
  readonly processVariables: Readonly<Record<string, string | undefined>>;
  /** Reason of `--allow-contradiction`; the caller tells it before any work. */
  readonly allowContradiction?: string | undefined;
}

/** The rule that decided. */
export type SelectionRule = 'flag' | 'ENVIRONMENT' | 'DBT_TARGET' | 'defaultEnvironment' | 'only';

/** A rule of the order and what it said. */
export interface SelectionStep {
  readonly rule: SelectionRule;
  /** What was found, or why it does not count. */
  readonly finding: string;
  readonly hasDecided: boolean;
}

/** A name given explicitly that the environment contradicts. */
export interface Contradiction {
  readonly variable: string;
  readonly given: string;
  readonly derived: string;
}

/** The environment, and how it came to be. */
export interface Selection {
  readonly environment: EnvironmentDeclaration;
  readonly decidedBy: SelectionRule;
  readonly steps: readonly SelectionStep[];
  /** To be shown before any work, because the environment was not named as such; undefined when it was. */
  readonly banner: string | undefined;
  /** Empty unless a contradiction was allowed; then they are told with the reason. */
  readonly contradictions: readonly Contradiction[];
}

/** Variables in which people name what follows from the environment, by what they must be equal to. */
const EXPLICIT_NAMES: readonly (readonly [string, 'dbtTarget' | 'namespace' | 'registry' | 'stack'])[] = [
  [DERIVED_VARIABLES.dbtTarget, 'dbtTarget'],
  [DERIVED_VARIABLES.namespace, 'namespace'],
  [DERIVED_VARIABLES.registry, 'registry'],
  [DERIVED_VARIABLES.stack, 'stack'],
  ['PULUMI_STACK', 'stack'],
];

/**
 * Selects the environment of a project.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_UNSET`, `SELECTOR_CONTRADICTION`
 */
export function selectEnvironment(project: ProjectDeclaration, inputs: SelectionInputs): Selection {
  const steps = listSteps(project, inputs);
  const decided = steps.find(({ environment }) => environment !== undefined);
  if (decided?.environment === undefined) throw unset(project, inputs);
  const { environment, rule } = decided;
  const contradictions = findContradictions(environment, inputs);
  if (contradictions.length > 0 && !inputs.allowContradiction) throw contradicted(environment, contradictions);
  return {
    environment,
    decidedBy: rule,
    steps: steps.map((step) => ({ rule: step.rule, finding: step.finding, hasDecided: step === decided })),
    banner: createBanner(environment, rule, project),
    contradictions,
  };
}

/**
 * An environment by its name.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`
 */
export function getEnvironment({ environments }: ProjectDeclaration, name: string): EnvironmentDeclaration {
  const found = environments.get(name);
  if (found !== undefined) return found;
  const known = [...environments.keys()];
  const nearest = findNearest(name, known);
  throw new TowpathError({
    code: 'ENVIRONMENT_UNKNOWN',
    message: `towpath.yaml declares no environment ${JSON.stringify(name.slice(0, 100))}.`,
    cause: `It declares ${known.join(', ')}.`,
    fix: nearest === undefined ? 'Set ENVIRONMENT to one of them, or declare it.' : `Did you mean ${nearest}?`,
  });
}

type Step = Omit<SelectionStep, 'hasDecided'> & { readonly environment?: EnvironmentDeclaration };

function listSteps(project: ProjectDeclaration, { flag, processVariables }: SelectionInputs): readonly Step[] {
  const { ENVIRONMENT, DBT_TARGET, KUBERNETES_SERVICE_HOST } = processVariables;
  const { defaultEnvironment, environments } = project;
  const locals = [...environments.values()].filter(({ kind }) => kind === 'local');
  const [only] = locals.length === 1 ? locals : [];
  const isInCluster = Boolean(KUBERNETES_SERVICE_HOST);
  return [
    toStep('flag', '--environment', flag, (name) => getEnvironment(project, name)),
    toStep('ENVIRONMENT', 'ENVIRONMENT', ENVIRONMENT, (name) => getEnvironment(project, name)),
    // Looked up only when it decides: beside ENVIRONMENT a target nobody knows is a contradiction.
    flag || ENVIRONMENT
      ? { rule: 'DBT_TARGET', finding: DBT_TARGET ? `DBT_TARGET is ${DBT_TARGET}` : 'DBT_TARGET is not set' }
      : toStep('DBT_TARGET', 'DBT_TARGET', DBT_TARGET, (target) => getByTarget(project, target)),
    isInCluster
      ? { rule: 'defaultEnvironment', finding: 'does not count inside a cluster' }
      : toStep('defaultEnvironment', 'defaultEnvironment', defaultEnvironment, (name) => getEnvironment(project, name)),
    only !== undefined && !isInCluster && defaultEnvironment === undefined
      ? { rule: 'only', finding: `${only.name} is the only local environment`, environment: only }
      : { rule: 'only', finding: 'there is no local environment that is the only one' },
  ];
}

function toStep(
  rule: SelectionRule,
  words: string,
  text: string | undefined,
  find: (text: string) => EnvironmentDeclaration,
): Step {
  return text
    ? { rule, finding: `${words} is ${text}`, environment: find(text) }
    : { rule, finding: `${words} is not set` };
}

function getByTarget(project: ProjectDeclaration, target: string): EnvironmentDeclaration {
  const found = [...project.environments.values()].find(({ dbtTarget }) => dbtTarget === target);
  return found ?? getEnvironment(project, target);
}

function findContradictions(
  environment: EnvironmentDeclaration,
  { processVariables }: SelectionInputs,
): readonly Contradiction[] {
  return EXPLICIT_NAMES.flatMap(([variable, key]) => {
    const given = processVariables[variable];
    const derived = environment[key];
    return given && derived !== undefined && given !== derived ? [{ variable, given, derived }] : [];
  });
}

function createBanner(
  { name }: EnvironmentDeclaration,
  rule: SelectionRule,
  { environments }: ProjectDeclaration,
): string | undefined {
  if (rule === 'DBT_TARGET')
    return `${formatEnvironmentTag(name)} selected by DBT_TARGET alone; ENVIRONMENT is not set.`;
  if (rule === 'defaultEnvironment')
    return `${formatEnvironmentTag(name)} is the default environment; ENVIRONMENT is not set.`;
  if (rule === 'only' && environments.size > 1)
    return `${formatEnvironmentTag(name)} is the only local environment; ENVIRONMENT is not set.`;
  return undefined;
}

function contradicted({ name }: EnvironmentDeclaration, contradictions: readonly Contradiction[]): TowpathError {
  const words = contradictions.map(
    ({ variable, given, derived }) => `${variable}=${given}, where ${name} has ${derived}`,
  );
  return new TowpathError({
    code: 'SELECTOR_CONTRADICTION',
    message: `${formatEnvironmentTag(name)} is selected, but something else is named besides.`,
    cause: `${words.join('; ')}.`,
    fix: `Unset ${contradictions.map(({ variable }) => variable).join(', ')}, or give --allow-contradiction "REASON", which is told with each command.`,
  });
}

function unset({ environments }: ProjectDeclaration, { processVariables }: SelectionInputs): TowpathError {
  const isInCluster = Boolean(processVariables.KUBERNETES_SERVICE_HOST);
  return new TowpathError({
    code: 'ENVIRONMENT_UNSET',
    message: 'Which environment?',
    cause: isInCluster
      ? 'Inside a cluster it has to be named: neither --environment, ENVIRONMENT nor DBT_TARGET is given.'
      : 'Neither --environment, ENVIRONMENT nor DBT_TARGET is given, and towpath.yaml declares no defaultEnvironment.',
    fix: `Set ENVIRONMENT to one of ${[...environments.keys()].join(', ')}.`,
  });
}
