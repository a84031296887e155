// The resolved configuration of environment `local`: everything points at this machine's mock and warehouse.

import type { AgentEnvironment, AgentTarget, CheckText, SecretsSetup } from '@towpath/agent';
import { ApplyEnvironments, type Client } from '@towpath/api';
import { type ConfigurationInputs, type Project, resolveConfiguration } from '@towpath/config';
import {
  type EnvironmentDeclaration,
  type EnvironmentKind,
  type ProjectDeclaration,
  TowpathError,
} from '@towpath/core';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import type { EmbeddedWarehouse } from '../embedded-postgres/index.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { createTextCheck } from '../project/check-text.ts';
import { describeSecrets } from '../project/describe-secrets.ts';
import { findAgentEnvironment } from '../project/find-agent-environment.ts';
import { listEnvironments } from '../project/project-environments.ts';
import { type AgentConnection, tellForeignReferences } from '../project/tell-foreign-references.ts';
import { getAgentVariables, listSecretVariables, type UsableVariables } from '../project/usable-variables.ts';

/** These variables with what the project declares for `local`, where it does; the machine's own stand above files. */
export function resolveDeclaredVariables(project: Project, own: UsableVariables): UsableVariables {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  if (environment === undefined) return own;
  return { ...getAgentVariables(describeLocal(project, environment, own)), ...own };
}

/**
 * What `local` is resolved from on this machine. What the project computes may be something else here; so it is not told of
 * those. Its file may be missing.
 */
export function describeLocal(
  project: Project,
  environment: EnvironmentDeclaration,
  own: UsableVariables,
): ConfigurationInputs {
  const { variables } = project.declaration;
  const given = Object.entries(own).filter(([name]) => variables.get(name)?.template === undefined);
  return { project, environment, processVariables: Object.fromEntries(given), missingFile: 'none' };
}

/** Where the secrets of a declared `local` are; undefined when it has no provider. */
export function describeLocalSecrets(project: Project, own: UsableVariables): SecretsSetup | undefined {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  return environment && describeSecrets(describeLocal(project, environment, own));
}

/** Judges what tasks set themselves; nothing without a declaration. */
export function createLocalTextCheck(project: Project): CheckText | undefined {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  return environment && createTextCheck({ project, environment });
}

/** Tells the audit of references to secrets of another environment, with which nothing starts. */
export async function tellLocalForeign(
  connection: AgentConnection,
  project: Project,
  own: UsableVariables,
): Promise<void> {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  if (environment) await tellForeignReferences(connection, describeLocal(project, environment, own));
}

/** Names of those whose value is a secret itself; none without a declaration. */
export function listLocalSecretVariables(project: Project, own: UsableVariables): readonly string[] {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  return environment === undefined ? [] : listSecretVariables(describeLocal(project, environment, own));
}

/** The variables a datakit may ask for in environment `local`. The source login only reads (A29). */
export function resolveLocalVariables(
  mock: { readonly host: string; readonly port: number },
  warehouse: EmbeddedWarehouse,
): Record<string, string> {
  return {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: String(mock.port),
    MSSQL_DATABASE: MOCK_DATABASE,
    MSSQL_AUTH_TYPE: 'sql',
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    MSSQL_TRUST_CERT: 'no',
    BRONZE_HOST: '127.0.0.1',
    BRONZE_PORT: String(warehouse.port),
    BRONZE_DATABASE: warehouse.database,
    BRONZE_USER: warehouse.user,
  };
}

/** What the local agent works with: as declared, and bronze in this instance's own warehouse unless the project says where. */
export function resolveLocalEnvironment(
  project: Project,
  warehouse: EmbeddedWarehouse,
  own: UsableVariables,
): AgentEnvironment {
  const { declaration } = project;
  const environment = declaration.environments.get(LOCAL_ENVIRONMENT);
  const resolved = environment && resolveConfiguration(describeLocal(project, environment, own));
  const declared = findAgentEnvironment(declaration, LOCAL_ENVIRONMENT, resolved);
  const isElsewhere = declared.targets.some(({ name }) => name === 'bronze');
  return isElsewhere ? declared : { ...declared, targets: [toBronze(warehouse), ...declared.targets] };
}

function toBronze({ host, port, database, user }: EmbeddedWarehouse): AgentTarget {
  return { name: 'bronze', type: 'postgres', host, port: String(port), database, user };
}

/**
 * Tells the server what the project says of `local`, and nothing of its other environments.
 *
 * @throws TowpathError `ENVIRONMENT_KIND_WRONG`
 */
export async function applyLocal(client: Client, project: ProjectDeclaration): Promise<void> {
  const declared = listEnvironments(project).find((one) => one.declared.name === LOCAL_ENVIRONMENT)?.declared;
  if (declared && declared.kind !== 'local') throw kindWrong(declared.kind);
  const local = declared ?? { name: LOCAL_ENVIRONMENT, kind: 'local' as const };
  await client.call(ApplyEnvironments, { body: { project: project.name, environments: [local], isWhole: false } });
}

function kindWrong(kind: EnvironmentKind): TowpathError {
  return new TowpathError({
    code: 'ENVIRONMENT_KIND_WRONG',
    message: `[LOCAL] towpath.yaml says that environment local is of kind ${kind}.`,
    cause: 'This name is what `npx towpath dev` runs on this machine.',
    fix: 'Give it `kind: local`, or give the other environment another name.',
  });
}
