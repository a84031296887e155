// What a project with environments has besides: their declaration, the variables of its pipeline, and an example of the
// file that holds an environment's values.
import type { PresetEnvironment } from './presets.ts';

/** The variables of the sample pipeline: where it reads, where it writes. */
const VARIABLES = `variables:
  # Where the sample pipeline reads.
  MSSQL_SERVER: { type: host, required: true, description: SQL Server that is read }
  MSSQL_PORT: { type: port, default: "1433" }
  MSSQL_DATABASE: { type: string, required: true, description: Its database }
  MSSQL_USERNAME: { type: string, required: true, description: A login that may read }
  MSSQL_PASSWORD: { type: string, secret: true, required: true, description: Its password }
  MSSQL_ENCRYPT: { type: enum, values: ["on", "strict", "off"], default: "on" }
  # Where it writes: PostgreSQL, one database for each environment.
  BRONZE_HOST: { type: host, required: true, description: PostgreSQL that holds bronze }
  BRONZE_PORT: { type: port, default: "5432" }
  BRONZE_DATABASE: { type: database, value: "\${ENVIRONMENT}_bronze" }
  BRONZE_USER: { type: string, default: bronze_user }
  BRONZE_PASSWORD: { type: string, secret: true, description: Not needed where the server trusts it }
`;

/** `variables:` and `environments:` of towpath.yaml. */
export function formatEnvironments(environments: readonly PresetEnvironment[]): string {
  const declared = environments.map(({ name, kind }) => {
    const label = name.toLowerCase();
    return `  ${name}:
    kind: ${kind}
    # What is its own; no other environment may name it.
    owns: { databases: ["${name}_*"], hosts: ["*.${label}.example"] }
`;
  });
  return `${VARIABLES}environments: # in the order of promotion
${declared.join('')}`;
}

/** config/.env.example. */
export const EXAMPLE_FILE = `# Copy to config/.env.<environment> and fill in; the copies stay out of git.
# SQL Server that is read (host, required)
MSSQL_SERVER=
# TCP port (port)
MSSQL_PORT=1433
# Its database (string, required)
MSSQL_DATABASE=
# A login that may read (string, required)
MSSQL_USERNAME=
# Its password (string, required, secret)
MSSQL_PASSWORD=
# on, strict or off
MSSQL_ENCRYPT=on
# PostgreSQL that holds bronze (host, required)
BRONZE_HOST=
# Its port (port)
BRONZE_PORT=5432
# Role that owns the tables (string)
BRONZE_USER=bronze_user
# Its password, where the server asks for one (string, secret)
BRONZE_PASSWORD=
`;
