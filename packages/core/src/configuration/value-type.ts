// What a variable can be. The type decides which resources a value names, and so whether another environment owns it.

export const VALUE_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'enum',
  'url',
  'dsn',
  'host',
  'hostPort',
  'port',
  'bucket',
  'arn',
  'database',
  'namespace',
  'account',
  'principal',
  'realm',
  'secretPath',
  'path',
  'prefix',
  'email',
  'duration',
  'logLevel',
] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/** Differences between environments that a project can allow; `same` is never allowed to differ. */
export const PARITY_CLASSES = ['id', 'account', 'broker', 'endpoint', 'alert', 'sizing', 'same'] as const;

export type ParityClass = (typeof PARITY_CLASSES)[number];

/** Words of `logLevel`, from the least to the most that is said. */
export const LOG_LEVELS = ['CRITICAL', 'ERROR', 'WARNING', 'INFO', 'DEBUG'] as const;
