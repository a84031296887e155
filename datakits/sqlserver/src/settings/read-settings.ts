// Environment variables → typed settings. All problems are found in one pass and reported together; values of secrets
// never appear.
import { accessSync, constants, readFileSync } from 'node:fs';
import { TowpathError } from '@towpath/core';
import type { TdsConnectOptions, TdsEncryption } from '@towpath/tds';
import { RETRY_SETTINGS, type RetryPolicy, toRetryPolicy } from './retry-policy.ts';
import { TABLE_SETTINGS } from './table-settings.ts';
import { BRONZE_VARIABLES, SOURCE_VARIABLES, type Variable } from './variables.ts';

/** The environment of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where bronze is. */
export interface BronzeSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
}

/** Everything a command may need. */
export interface Settings {
  readonly source: TdsConnectOptions;
  readonly bronze: BronzeSettings;
  /** Tables loaded at the same time. */
  readonly maxWorkers: number;
  readonly retry: RetryPolicy;
}

/** One thing wrong with one variable. */
export interface SettingProblem {
  readonly variable: string;
  /** What is expected and, where it is no secret, what was found. */
  readonly problem: string;
}

/** Reads what both sides need. Error: `SETTINGS_INVALID` with every problem. */
export function readSettings(env: Environment): Settings {
  const problems = findSettingProblems(env);
  if (problems.length > 0) throw refuse(problems);
  // One load leaves its event loop idle more than half of the time; more than two help where the source is slow.
  const maxWorkers = Number(env.BRONZE_MAX_WORKERS || 2);
  return { source: toSource(env), bronze: toBronze(env), maxWorkers, retry: toRetryPolicy(env) };
}

/** Reads what the source needs, whatever the target says. Error: `SETTINGS_INVALID` with every problem. */
export function readSourceSettings(env: Environment): TdsConnectOptions {
  const problems = [...findMissing(env, SOURCE_VARIABLES), ...findInvalidSource(env)];
  if (problems.length > 0) throw refuse(problems);
  return toSource(env);
}

/** Reads what the warehouse needs, whatever the source says. Error: `SETTINGS_INVALID` with every problem. */
export function readBronzeSettings(env: Environment): BronzeSettings {
  const problems = [...findMissing(env, BRONZE_VARIABLES), ...findInvalidBronze(env)];
  if (problems.length > 0) throw refuse(problems);
  return toBronze(env);
}

/** All problems of both sides, in the order of the variables. */
export function findSettingProblems(env: Environment): SettingProblem[] {
  return [
    ...findMissing(env, SOURCE_VARIABLES),
    ...findInvalidSource(env),
    ...findMissing(env, BRONZE_VARIABLES),
    ...findInvalidBronze(env),
    ...findInvalid(env, 'BRONZE_MAX_WORKERS', 'a whole number from 1 to 16', isWorkerCount),
    ...RETRY_SETTINGS.flatMap(({ variable, expected, isValid }) => findInvalid(env, variable, expected, isValid)),
    ...TABLE_SETTINGS.flatMap(({ variable, expected, isValid }) =>
      variable ? findInvalid(env, variable, expected, isValid) : [],
    ),
  ];
}

function findMissing(env: Environment, variables: readonly Variable[]): SettingProblem[] {
  return variables
    .filter((variable) => variable.isRequired && !env[variable.name])
    .map((variable) => ({ variable: variable.name, problem: `is not set (${variable.description})` }));
}

function findInvalidSource(env: Environment): SettingProblem[] {
  return [
    ...findInvalid(env, 'MSSQL_SERVER', 'a host without instance name or port; the port goes into MSSQL_PORT', isHost),
    ...findInvalid(env, 'MSSQL_PORT', 'a port from 1 to 65535', isPort),
    ...findInvalid(env, 'MSSQL_AUTH_TYPE', 'sql (kerberos and azure_ad are not built yet)', (text) => text === 'sql'),
    ...findInvalid(env, 'MSSQL_ENCRYPT', 'on, off or strict', (text) => ENCRYPTION.has(text.toLowerCase())),
    ...findInvalid(env, 'MSSQL_TRUST_CERT', 'yes or no', (text) => TRUTH.has(text.toLowerCase())),
    ...findInvalid(env, 'MSSQL_CA_FILE', 'a file that can be read', isReadable),
    ...findInvalid(env, 'MSSQL_CONNECT_TIMEOUT', 'seconds from 1 to 600', isConnectTimeout),
  ];
}

function findInvalidBronze(env: Environment): SettingProblem[] {
  return findInvalid(env, 'BRONZE_PORT', 'a port from 1 to 65535', isPort);
}

function findInvalid(
  env: Environment,
  variable: string,
  expected: string,
  isValid: (text: string) => boolean,
): SettingProblem[] {
  const text = env[variable];
  if (!text || isValid(text)) return [];
  return [{ variable, problem: `must be ${expected}, not ${JSON.stringify(text)}` }];
}

// The words other clients use (ODBC: yes, no, mandatory, optional) mean the same here.
const ENCRYPTION: ReadonlyMap<string, TdsEncryption> = new Map([
  ['on', 'on'],
  ['yes', 'on'],
  ['true', 'on'],
  ['mandatory', 'on'],
  ['off', 'off'],
  ['no', 'off'],
  ['false', 'off'],
  ['optional', 'off'],
  ['strict', 'strict'],
]);
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['1', true],
  ['no', false],
  ['false', false],
  ['0', false],
]);

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function isWorkerCount(text: string): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= 16;
}

function isHost(text: string): boolean {
  return !/[\\,\s/]/.test(text);
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function isConnectTimeout(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 600;
}

function toSource(env: Environment): TdsConnectOptions {
  return {
    host: env.MSSQL_SERVER ?? '',
    port: Number(env.MSSQL_PORT || 1433),
    database: env.MSSQL_DATABASE ?? '',
    username: env.MSSQL_USERNAME ?? '',
    password: env.MSSQL_PASSWORD ?? '',
    encrypt: ENCRYPTION.get((env.MSSQL_ENCRYPT || 'on').toLowerCase()) ?? 'on',
    trustServerCertificate: TRUTH.get((env.MSSQL_TRUST_CERT || 'no').toLowerCase()) ?? false,
    ...(env.MSSQL_CA_FILE ? { certificateAuthority: readFileSync(env.MSSQL_CA_FILE, 'utf8') } : {}),
    appName: env.MSSQL_APP_NAME || 'datakit-sqlserver',
    connectTimeoutMs: Number(env.MSSQL_CONNECT_TIMEOUT || 15) * 1_000,
  };
}

function toBronze(env: Environment): BronzeSettings {
  return {
    host: env.BRONZE_HOST ?? '',
    port: Number(env.BRONZE_PORT || 5432),
    database: env.BRONZE_DATABASE || 'bronze',
    user: env.BRONZE_USER || 'bronze_user',
    password: env.BRONZE_PASSWORD || undefined,
  };
}

function refuse(problems: readonly SettingProblem[]): TowpathError {
  const list = problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ');
  return new TowpathError({
    code: 'SETTINGS_INVALID',
    message: `The environment of the datakit has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${list}.`,
    cause: 'Settings come from options, environment variables and the configuration file, in this order.',
    fix: 'Set them and try `datakit-sqlserver validate-env`.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
