// Declarations for tests: only what matters is said.
import type { EnvironmentKind } from '../../environments/environment.ts';
import {
  type EnvironmentDeclaration,
  NO_KUBERNETES,
  type OwnedKind,
  type Ownership,
  type ProjectDeclaration,
  type VariableDeclaration,
} from '../declaration.ts';
import type { GuardEvaluator } from '../resolve/check-guards.ts';
import { type ResolvedValues, resolveValues } from '../resolve/resolve-values.ts';
import { createOwnershipTable } from '../rules/ownership.ts';

/** A variable of type string without anything else. */
export function buildVariable(
  changes: Partial<VariableDeclaration> & Pick<VariableDeclaration, 'name'>,
): VariableDeclaration {
  return {
    type: 'string',
    isRequired: false,
    isSecret: false,
    isImmutable: false,
    default: undefined,
    template: undefined,
    example: undefined,
    description: undefined,
    pattern: undefined,
    min: undefined,
    max: undefined,
    values: [],
    parity: 'same',
    ...changes,
  };
}

/** Nothing but what is given. */
export function buildOwnership(changes: Partial<Ownership> = {}): Ownership {
  return { ...EMPTY, ...changes };
}

const EMPTY: Ownership = {
  buckets: [],
  hosts: [],
  databases: [],
  accounts: [],
  namespaces: [],
  principals: [],
  realms: [],
  secretPaths: [],
  paths: [],
  urls: [],
} satisfies Record<OwnedKind, readonly string[]>;

/** A shared environment that owns nothing. */
export function buildEnvironment(
  name: string,
  kind: EnvironmentKind = 'shared',
  changes: Partial<EnvironmentDeclaration> = {},
): EnvironmentDeclaration {
  return {
    name,
    kind,
    position: 0,
    executor: 'process',
    docker: { host: undefined, network: undefined, ticketVolume: undefined },
    kubernetes: NO_KUBERNETES,
    runnerImage: undefined,
    registry: undefined,
    floatingTags: [],
    namespace: `test-${name}`,
    stack: name,
    dbtTarget: name,
    values: new Map(),
    owns: buildOwnership(),
    targets: new Map(),
    zones: new Map(),
    secrets: undefined,
    sizing: {
      cpu: undefined,
      memory: undefined,
      workers: undefined,
      retentionDays: undefined,
      zoneRetentionDays: undefined,
      retentionDaily: undefined,
      spot: undefined,
      zones: undefined,
    },
    notify: [],
    alerts: { noRunHours: undefined, promotionStuckHours: undefined },
    deploy: undefined,
    ...changes,
  };
}

/** A project of these. */
export function buildProject(
  environments: readonly EnvironmentDeclaration[],
  variables: readonly VariableDeclaration[],
  changes: Partial<ProjectDeclaration> = {},
): ProjectDeclaration {
  return {
    name: 'test',
    defaultEnvironment: undefined,
    fileWins: false,
    hasEnvironments: true,
    variables: new Map(variables.map((variable) => [variable.name, variable])),
    environments: new Map(environments.map((environment) => [environment.name, environment])),
    shared: buildOwnership(),
    guards: [],
    parity: { allowed: ['id', 'account', 'broker', 'endpoint', 'alert', 'sizing'], variables: [], same: [] },
    ...changes,
  };
}

/** Texts by layer. */
export interface TestLayers {
  readonly dev?: Readonly<Record<string, string>>;
  readonly flag?: Readonly<Record<string, string>>;
  readonly process?: Readonly<Record<string, string>>;
  readonly envFile?: Readonly<Record<string, string>>;
}

const REFUSE: GuardEvaluator = () => ({ error: 'no expression here' });

/** Resolves the values of an environment of a project. */
export function resolveFor(
  project: ProjectDeclaration,
  environment: EnvironmentDeclaration,
  layers: TestLayers = {},
): ResolvedValues {
  const toLayer = (texts: Readonly<Record<string, string>> = {}) =>
    new Map(Object.entries(texts).map(([name, text]) => [name, { text }]));
  return resolveValues({
    project,
    environment,
    layers: {
      dev: toLayer(layers.dev),
      flag: toLayer(layers.flag),
      process: toLayer(layers.process),
      envFile: toLayer(layers.envFile),
    },
    ownership: createOwnershipTable(project),
    evaluate: REFUSE,
  });
}
