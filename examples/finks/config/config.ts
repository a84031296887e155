// Written by `npx towpath config types --write` from towpath.yaml; don't edit it.
// A function task gets the variables that its option `configuration` names: `configuration: CONFIGURATION` for all that are set.

function findText(name: string): string | undefined {
  const text = process.env[name];
  return text === '' ? undefined : text;
}

function readText(name: string): string {
  const text = findText(name);
  if (text === undefined) throw new Error(`${name} is not set here; does the task name it in its option configuration?`);
  return text;
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${name} is not a number`);
  return value;
}

function toBoolean(name: string, text: string): boolean {
  if (/^(?:true|yes|on|1)$/i.test(text)) return true;
  if (/^(?:false|no|off|0)$/i.test(text)) return false;
  throw new Error(`${name} is neither true nor false`);
}

function toWord<const Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw new Error(`${name} must be one of ${words.join(', ')}`);
  return word;
}

function map<Value>(name: string, convert: (name: string, text: string) => Value): Value | undefined {
  const text = findText(name);
  return text === undefined ? undefined : convert(name, text);
}

// Not every project uses each of them.
void [toNumber, toBoolean, toWord, map];

/** Names of the variables that always have a value: for a task's option `configuration`. */
export const CONFIGURATION = [
  'AWS_REGION',
  'S3_BUCKET_PREFIX',
  'BRONZE_BUCKET',
  'SILVER_BUCKET',
  'GOLD_BUCKET',
  'ZONES',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'FMP_URL',
  'ANALYTICS_HOST',
  'ANALYTICS_PORT',
  'ANALYTICS_USER',
  'ANALYTICS_SCHEMA',
  'DEBUG_MODE',
  'LOG_LEVEL',
] as const;

/** The configuration of the environment. A variable is read when it is named; one without a value fails by its name. */
export const config = {
  /** Follows from the environment. */
  get ENVIRONMENT(): string {
    return readText('ENVIRONMENT');
  },
  /** Follows from the environment. */
  get DBT_TARGET(): string {
    return readText('DBT_TARGET');
  },
  /** Follows from the environment. */
  get TOWPATH_NAMESPACE(): string {
    return readText('TOWPATH_NAMESPACE');
  },
  /** Follows from the environment. */
  get TOWPATH_REGISTRY(): string {
    return readText('TOWPATH_REGISTRY');
  },
  /** Follows from the environment. */
  get TOWPATH_STACK(): string {
    return readText('TOWPATH_STACK');
  },
  /** Follows from the environment. */
  get TOWPATH_BRONZE_ZONE(): string {
    return readText('TOWPATH_BRONZE_ZONE');
  },
  /** Follows from the environment. */
  get TOWPATH_BRONZE_DATABASE(): string {
    return readText('TOWPATH_BRONZE_DATABASE');
  },
  /** Follows from the environment. */
  get TOWPATH_SILVER_ZONE(): string {
    return readText('TOWPATH_SILVER_ZONE');
  },
  /** Follows from the environment. */
  get TOWPATH_SILVER_DATABASE(): string {
    return readText('TOWPATH_SILVER_DATABASE');
  },
  /** Follows from the environment. */
  get TOWPATH_GOLD_ZONE(): string {
    return readText('TOWPATH_GOLD_ZONE');
  },
  /** Follows from the environment. */
  get TOWPATH_GOLD_DATABASE(): string {
    return readText('TOWPATH_GOLD_DATABASE');
  },
  /** Region of everything */
  get AWS_REGION(): string {
    return readText('AWS_REGION');
  },
  /** What the names of all buckets begin with */
  get S3_BUCKET_PREFIX(): string {
    return readText('S3_BUCKET_PREFIX');
  },
  /** bucket */
  get BRONZE_BUCKET(): string {
    return readText('BRONZE_BUCKET');
  },
  /** bucket */
  get SILVER_BUCKET(): string {
    return readText('SILVER_BUCKET');
  },
  /** bucket */
  get GOLD_BUCKET(): string {
    return readText('GOLD_BUCKET');
  },
  /** Folder that holds all zones, or address of an S3-compatible store */
  get ZONES(): string {
    return readText('ZONES');
  },
  /** For a store; on a shared machine a reference (secret) */
  get S3_ACCESS_KEY_ID(): string {
    return readText('S3_ACCESS_KEY_ID');
  },
  /** string (secret) */
  get S3_SECRET_ACCESS_KEY(): string {
    return readText('S3_SECRET_ACCESS_KEY');
  },
  /** Where quotes come from */
  get FMP_URL(): string {
    return readText('FMP_URL');
  },
  /** Where gold lies for queries */
  get ANALYTICS_HOST(): string {
    return readText('ANALYTICS_HOST');
  },
  /** port */
  get ANALYTICS_PORT(): number {
    return toNumber('ANALYTICS_PORT', readText('ANALYTICS_PORT'));
  },
  /** string */
  get ANALYTICS_USER(): string {
    return readText('ANALYTICS_USER');
  },
  /** database */
  get ANALYTICS_SCHEMA(): string {
    return readText('ANALYTICS_SCHEMA');
  },
  /** boolean */
  get DEBUG_MODE(): boolean {
    return toBoolean('DEBUG_MODE', readText('DEBUG_MODE'));
  },
  /** logLevel */
  get LOG_LEVEL(): string {
    return readText('LOG_LEVEL');
  },
};
