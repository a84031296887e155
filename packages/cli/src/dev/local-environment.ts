// The resolved configuration of environment `local`: everything points at this machine's mock and warehouse.
import type { Project } from '@towpath/config';
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import type { EmbeddedWarehouse } from '../embedded-postgres/index.ts';
import { getUsableVariables, type UsableVariables } from '../project/usable-variables.ts';

/** Name of the environment that `npx towpath dev` serves. */
export const LOCAL_ENVIRONMENT = 'local';

/** These variables with what the project declares for `local`, where it does; the machine's own stand above files. */
export function resolveDeclaredVariables(project: Project, own: UsableVariables): UsableVariables {
  const environment = project.declaration.environments.get(LOCAL_ENVIRONMENT);
  if (environment === undefined) return own;
  return { ...getUsableVariables({ project, environment, processVariables: own, missingFile: 'none' }), ...own };
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
