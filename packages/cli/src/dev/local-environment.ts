// The resolved configuration of environment `local`: everything points at this machine's mock and warehouse.

import type { AgentEnvironment, AgentOptions, AgentTarget, CheckText, SecretsSetup } from '@towpath/agent';
import { ApplyEnvironments, type Client } from '@towpath/api';
import { type ConfigurationInputs, isCalledSecret, type Project, resolveConfiguration } from '@towpath/config';
import { type ConfigProblem, type EnvironmentKind, NO_KUBERNETES, TowpathError } from '@towpath/core';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { createTextCheck } from '../project/check-text.ts';
import { type DescribedEnvironment, describeExecutor, type ExecutorChoice } from '../project/describe-executor.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { findAgentEnvironment } from '../project/find-agent-environment.ts';
import { listEnvironments } from '../project/project-environments.ts';
import { type AgentConnection, tellForeignReferences } from '../project/tell-foreign-references.ts';
import { getAgentVariables, listSecretVariables, type UsableVariables } from '../project/usable-variables.ts';
import { type LocalWarehouse, toDevInputs } from './brought-variables.ts';

/** What `local` of this machine is made of. */
export interface LocalFacts {
  readonly project: Project;
  /** What `dev` brings itself; stands above everything. */
  readonly brought: UsableVariables;
  readonly processVariables: Readonly<Record<string, string | undefined>>;
}

/** What the project declares for `local`, where it does, with what this machine brings. @throws TowpathError its problems */
export function resolveLocalVariables(facts: LocalFacts): UsableVariables {
  const inputs = findLocalInputs(facts);
  return inputs === undefined ? facts.brought : { ...facts.brought, ...getAgentVariables(inputs) };
}

/** What a declared `local` is resolved from on this machine; its file may be missing. */
export function findLocalInputs({ project, brought, processVariables }: LocalFacts): ConfigurationInputs | undefined {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  return environment && { project, environment, processVariables, ...toDevInputs(brought) };
}

/** Where the secrets of a declared `local` are; undefined when it has no provider. */
export function describeLocalSecrets(facts: LocalFacts): SecretsSetup | undefined {
  const inputs = findLocalInputs(facts);
  return inputs && describeSecrets(inputs);
}

/** `local` of a project that declares others only. */
const UNDECLARED: DescribedEnvironment = {
  name: LOCAL_ENVIRONMENT,
  kind: 'local',
  executor: 'process',
  docker: { host: undefined, network: undefined, ticketVolume: undefined },
  kubernetes: NO_KUBERNETES,
  namespace: 'default',
  registry: 'registry.localhost',
  runnerImage: undefined,
  floatingTags: [],
};

/** How attempts of `local` are run, where a person or the local stack says so. */
export interface LocalExecutorChoice extends Pick<ExecutorChoice, 'flag' | 'env'> {
  /** Of containers. Default: this machine's, since what `dev` starts listens on loopback. */
  readonly network?: string;
  /** In place of the declared one. */
  readonly registry?: string;
}

/** What runs attempts here. */
export function describeLocalExecutor(
  { declaration }: Project,
  { network = 'host', registry, ...choice }: LocalExecutorChoice,
): AgentOptions['executor'] {
  const declared = declaration.environments.get(LOCAL_ENVIRONMENT) ?? UNDECLARED;
  const environment = registry === undefined ? declared : { ...declared, registry };
  return describeExecutor(environment, { ...choice, defaultNetwork: network });
}

/** Judges what tasks set themselves; nothing without a declaration. */
export function createLocalTextCheck(facts: LocalFacts): CheckText | undefined {
  const inputs = findLocalInputs(facts);
  return inputs && createTextCheck(inputs);
}

/** Tells the audit of references to secrets of another environment, with which nothing starts. */
export async function tellLocalForeign(connection: AgentConnection, facts: LocalFacts): Promise<void> {
  const inputs = findLocalInputs(facts);
  if (inputs) await tellForeignReferences(connection, inputs);
}

/** What is worth knowing of a declared `local`, and stops nothing. */
export function listLocalNotes(facts: LocalFacts): readonly ConfigProblem[] {
  const inputs = findLocalInputs(facts);
  return inputs === undefined ? [] : resolveConfiguration(inputs).notes;
}

/** Names of those whose value is a secret itself; none without a declaration. */
export function listLocalSecretVariables(facts: LocalFacts): readonly string[] {
  const inputs = findLocalInputs(facts);
  const declared = inputs === undefined ? [] : listSecretVariables(inputs);
  return [...Object.keys(facts.brought).filter(isCalledSecret), ...declared];
}

/** What the local agent works with: as declared, and bronze in this instance's own warehouse unless the project says where. */
export function resolveLocalEnvironment(facts: LocalFacts, warehouse: LocalWarehouse): AgentEnvironment {
  const inputs = findLocalInputs(facts);
  const declared = findAgentEnvironment(facts.project, LOCAL_ENVIRONMENT, inputs && resolveConfiguration(inputs));
  const isElsewhere = declared.targets.some(({ name }) => name === 'bronze');
  return isElsewhere ? declared : { ...declared, targets: [toBronze(warehouse), ...declared.targets] };
}

function toBronze({ host, port, database, user }: LocalWarehouse): AgentTarget {
  return { name: 'bronze', type: 'postgres', host, port: String(port), database, user };
}

/**
 * Tells the server what the project says of `local`, and nothing of its other environments.
 *
 * @throws TowpathError `ENVIRONMENT_KIND_WRONG`
 */
export async function applyLocal(client: Client, project: Project): Promise<void> {
  const declared = listEnvironments(project).find((one) => one.declared.name === LOCAL_ENVIRONMENT)?.declared;
  if (declared && declared.kind !== 'local') throw kindWrong(declared.kind);
  const local = declared ?? { name: LOCAL_ENVIRONMENT, kind: 'local' as const };
  await client.call(ApplyEnvironments, {
    body: { project: project.declaration.name, environments: [local], isWhole: false },
  });
}

function kindWrong(kind: EnvironmentKind): TowpathError {
  return new TowpathError({
    code: 'ENVIRONMENT_KIND_WRONG',
    message: `[LOCAL] towpath.yaml says that environment local is of kind ${kind}.`,
    cause: 'This name is what `npx towpath dev` runs on this machine.',
    fix: 'Give it `kind: local`, or give the other environment another name.',
  });
}
