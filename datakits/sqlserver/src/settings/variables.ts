// The environment variables this datakit honours. datakit.yaml lists the same; a test compares.
import { RETRY_SETTINGS } from './retry-policy.ts';
import { TABLE_SETTINGS } from './table-settings.ts';

/** One variable as `validate-env` and the manifest describe it. */
export interface Variable {
  readonly name: string;
  readonly isRequired: boolean;
  readonly description: string;
}

function required(name: string, description: string): Variable {
  return { name, isRequired: true, description };
}

function optional(name: string, description: string): Variable {
  return { name, isRequired: false, description };
}

/** What names the source. */
export const SOURCE_VARIABLES = [
  required('MSSQL_SERVER', 'Host name or address of the SQL Server'),
  optional('MSSQL_PORT', 'TCP port of the SQL Server; 1433 when not set'),
  required('MSSQL_DATABASE', 'Database to read'),
  optional('MSSQL_AUTH_TYPE', 'How to log in: sql, the only one so far and the default'),
  required('MSSQL_USERNAME', 'SQL login; one that may only read is enough'),
  required('MSSQL_PASSWORD', 'Password of the SQL login'),
  optional(
    'MSSQL_ENCRYPT',
    'TLS to the source: on (default), strict (TDS 8.0), or off, which covers the login alone where the server can',
  ),
  optional('MSSQL_TRUST_CERT', 'yes accepts any server certificate; no is the default'),
  optional('MSSQL_CA_FILE', 'Certificate authorities in PEM to trust in place of the public ones'),
  optional('MSSQL_APP_NAME', "Name in the source's session list; datakit-sqlserver when not set"),
  optional('MSSQL_CONNECT_TIMEOUT', 'Seconds to wait for the source to answer; 15 when not set'),
] as const;

/** What names the target. */
export const BRONZE_VARIABLES = [
  required('BRONZE_HOST', 'Host name or address of the PostgreSQL that holds bronze'),
  optional('BRONZE_PORT', 'Its port; 5432 when not set'),
  optional('BRONZE_DATABASE', 'Database that holds bronze; bronze when not set'),
  optional('BRONZE_USER', 'Role that owns the bronze tables; bronze_user when not set'),
  optional('BRONZE_PASSWORD', 'Password of that role; not needed where the server trusts it'),
] as const;

/** How loads run. */
const LOAD_VARIABLES: readonly Variable[] = [
  optional('DATAKIT_CONFIG', 'Configuration file in YAML or JSON; the same as --config'),
  optional('BRONZE_MAX_WORKERS', 'Tables loaded at the same time, 1 to 16; 2 when not set'),
  ...RETRY_SETTINGS.map(({ variable, description }) => optional(variable, description)),
  ...TABLE_SETTINGS.flatMap(({ variable, description }) => (variable ? [optional(variable, description)] : [])),
];

/** All of them, in the order of manifest and manual. */
export const VARIABLES: readonly Variable[] = [...SOURCE_VARIABLES, ...BRONZE_VARIABLES, ...LOAD_VARIABLES];
