// What `npx towpath dev` brings to environment `local` itself: its mock SQL Server as source, its PostgreSQL as warehouse.
import type { ConfigurationInputs } from '@towpath/config';
import type { EnvironmentDeclaration } from '@towpath/core';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds/mock-defaults';
import type { EmbeddedWarehouse } from '../embedded-postgres/index.ts';
import { findInstance, findMock } from '../instance/instance-record.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import type { UsableVariables } from '../project/usable-variables.ts';
import { PREFERRED_PORTS } from './preferred-ports.ts';

/** The database that is bronze in `local`, as tasks reach it. Its user needs no password. */
export interface LocalWarehouse {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The variables a datakit may ask for in environment `local`. The source login only reads (A29). */
export function listBroughtVariables(
  mock: { readonly host: string; readonly port: number },
  warehouse: LocalWarehouse,
): UsableVariables {
  return {
    MSSQL_SERVER: mock.host,
    MSSQL_PORT: String(mock.port),
    MSSQL_DATABASE: MOCK_DATABASE,
    MSSQL_AUTH_TYPE: 'sql',
    MSSQL_USERNAME: MOCK_LOGINS.readOnly.username,
    MSSQL_PASSWORD: MOCK_LOGINS.readOnly.password,
    MSSQL_ENCRYPT: 'off',
    MSSQL_TRUST_CERT: 'no',
    BRONZE_HOST: warehouse.host,
    BRONZE_PORT: String(warehouse.port),
    BRONZE_DATABASE: warehouse.database,
    BRONZE_USER: warehouse.user,
  };
}

/** What a laptop has. */
export interface Brought {
  readonly variables: UsableVariables;
  readonly warehouse: EmbeddedWarehouse;
  /** False: no instance runs for this folder, and the ports are those that one would prefer. */
  readonly isRunning: boolean;
}

/** What the instance of a state folder brings, or the next one would. */
export function describeBrought(
  stateFolder: string,
  ports: { readonly postgres: number; readonly mock: number } = PREFERRED_PORTS,
): Brought {
  const instance = findInstance(stateFolder);
  const mock = findMock(stateFolder) ?? instance?.mock ?? { host: '127.0.0.1', port: ports.mock };
  const port = instance?.warehouse.port ?? ports.postgres;
  const warehouse = { host: '127.0.0.1', port, database: 'bronze', user: 'bronze_user' } as const;
  return { variables: listBroughtVariables(mock, warehouse), warehouse, isRunning: instance !== undefined };
}

/**
 * Whether `dev` is what serves this environment here. An agent's credential says that one of its own does, which brings nothing;
 * so does a cluster.
 */
export function isServedByDev(
  { name, kind }: Pick<EnvironmentDeclaration, 'name' | 'kind'>,
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  const isOfAgent = Boolean(variables.TOWPATH_AGENT_TOKEN || variables.KUBERNETES_SERVICE_HOST);
  return name === LOCAL_ENVIRONMENT && kind === 'local' && !isOfAgent;
}

/** What a configuration of `local` stands on besides the files; it needs none of its own. */
export function toDevInputs(variables: UsableVariables): Pick<ConfigurationInputs, 'devVariables' | 'missingFile'> {
  return { devVariables: variables, missingFile: 'none' };
}
