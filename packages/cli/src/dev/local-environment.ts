// The resolved configuration of environment `local`: everything points at this machine's mock and warehouse.
import { MOCK_DATABASE, MOCK_LOGINS } from '@towpath/tds';
import type { EmbeddedWarehouse } from '../embedded-postgres/index.ts';

/** Name of the environment that `npx towpath dev` serves. */
export const LOCAL_ENVIRONMENT = 'local';

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
