// What a project with environments has besides: their declaration, and the variables of its pipeline.
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import type { PresetEnvironment } from './presets.ts';

/** The variables of the sample pipeline: where it reads, where it writes; and what production is guarded by. */
const VARIABLES = `variables:
  # Where the sample pipeline reads. \`parity\` says what \`npx towpath parity int prod\` allows to differ.
  MSSQL_SERVER: { type: host, required: true, description: SQL Server that is read, parity: endpoint }
  MSSQL_PORT: { type: port, default: "1433", parity: endpoint }
  MSSQL_DATABASE: { type: string, required: true, description: Its database, parity: endpoint }
  MSSQL_USERNAME: { type: string, required: true, description: A login that may read, parity: account }
  MSSQL_PASSWORD: { type: string, secret: true, required: true, description: Its password, parity: account }
  MSSQL_ENCRYPT: { type: enum, values: ["on", "strict", "off"], default: "on" }
  # Where it writes: PostgreSQL, one database for each environment.
  BRONZE_HOST: { type: host, required: true, description: PostgreSQL that holds bronze, parity: endpoint }
  BRONZE_PORT: { type: port, default: "5432", parity: endpoint }
  BRONZE_DATABASE: { type: database, value: "\${ENVIRONMENT}_bronze" }
  BRONZE_USER: { type: string, default: bronze_user, description: Role that owns the tables, parity: account }
  BRONZE_PASSWORD: { type: string, secret: true, description: Not needed where the server trusts it, parity: account }
  # Off and INFO in production, or nothing starts there.
  DEBUG: { type: boolean, default: "false" }
  LOG_LEVEL: { type: logLevel, default: INFO }
`;

const name = (part: string): string => `"\${BRONZE_${part}}"`;
const BRONZE = `{ type: postgres, host: ${name('HOST')}, port: ${name('PORT')}, database: ${name('DATABASE')}, user: ${name('USER')}, password: ${name('PASSWORD')} }`;

/** `variables:` and `environments:` of towpath.yaml. */
export function formatEnvironments(environments: readonly PresetEnvironment[]): string {
  const declared = environments.map(({ name, kind }) => {
    const label = name.toLowerCase();
    return `  ${name}:
    kind: ${kind}
    # What is its own; no other environment may name it.
    owns: { databases: ["${name}_*"], hosts: ["*.${label}.example"] }
    # What is asked before the first write whose it is: npx towpath environment claim bronze --environment ${name}
    targets: { bronze: ${BRONZE} }
`;
  });
  // Without a name a command means this machine; an environment that others use is never meant by default.
  const hasLocal = environments.some(({ name }) => name === LOCAL_ENVIRONMENT);
  return `${hasLocal ? `defaultEnvironment: ${LOCAL_ENVIRONMENT}\n` : ''}${VARIABLES}environments: # in the order of promotion
${declared.join('')}`;
}
