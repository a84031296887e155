// What an error means for a retry. 78: a person must change something first. 75: the same attempt may succeed later.
import { TowpathError } from '@towpath/core';

/** BSD sysexits.h, as the attempt contract uses them. */
export const EXIT_CODES = { success: 0, failure: 1, tryAgain: 75, configuration: 78 } as const;

const CONFIGURATION: ReadonlySet<string> = new Set([
  'SETTINGS_INVALID',
  'USAGE_INVALID',
  'CONFIG_FILE_INVALID',
  'NO_TABLES_MATCH',
  'COLUMN_OPTION_UNKNOWN',
  'CURSOR_COLUMN_MISSING',
  'CURSOR_COLUMN_UNKNOWN',
  'CURSOR_TYPE_UNFIT',
  'KEY_COLUMN_UNKNOWN',
  'INCREMENTAL_KEY_MISSING',
  'INCREMENTAL_KEY_NULLABLE',
  'INCREMENTAL_KEY_NOT_UNIQUE',
  'SCHEMA_EVOLVE_BLOCKED',
  'TARGET_NAME_CLASH',
  'INGEST_INCOMPLETE_CONFIGURATION',
  'QUARANTINE_ROW_UNKNOWN',
  'QUARANTINE_STATE_UNFIT',
  'QUARANTINE_FIX_INVALID',
  'QUARANTINE_FIX_UNFIT',
  'SQL_NAME_INVALID',
  'SOURCE_TABLE_UNKNOWN',
  'SOURCE_SCHEMA_CHANGED',
  'TYPE_UNMAPPABLE',
  'LINEAGE_COLUMN_CLASH',
  'COLUMN_NAME_CLASH',
  'COLUMN_NAME_TOO_LONG',
  'COLUMN_NAME_RESERVED',
  'TOO_MANY_COLUMNS',
  'TARGET_NAME_TOO_LONG',
  'TARGET_NAME_INVALID',
  'TARGET_SCHEMA_RESERVED',
  'TARGET_TAKEN',
  'TARGET_NOT_OURS',
  'BRONZE_LOGIN_FAILED',
  'BRONZE_DATABASE_UNKNOWN',
  'BRONZE_PERMISSION_DENIED',
  'TDS_LOGIN_FAILED',
  'TDS_DATABASE_UNAVAILABLE',
  'TDS_ENCRYPTION_MISMATCH',
  'TDS_TLS_FAILED',
  'TDS_ROUTING_LOOP',
  'TDS_TYPE_UNSUPPORTED',
]);

const TRY_AGAIN: ReadonlySet<string> = new Set([
  'BRONZE_UNREACHABLE',
  'BRONZE_CONNECTION_LOST',
  'BRONZE_BUSY',
  'BRONZE_DISK_FULL',
  'INGEST_BUSY',
  'INGEST_INCOMPLETE_RETRY',
  'INGEST_FENCED',
  'PUBLISH_LOCK_TIMEOUT',
  'QUARANTINE_CHANGED',
  'SOURCE_CONFLICT',
  'SOURCE_SCHEMA_MOVING',
  'TDS_CONNECT_FAILED',
  'TDS_CONNECT_TIMEOUT',
  'TDS_CONNECTION_LOST',
  'TDS_REQUEST_TIMEOUT',
]);

/** The exit code of an error; anything unknown is 1. */
export function toExitCode(thrown: unknown): number {
  if (!(thrown instanceof TowpathError)) return EXIT_CODES.failure;
  if (CONFIGURATION.has(thrown.code)) return EXIT_CODES.configuration;
  return TRY_AGAIN.has(thrown.code) ? EXIT_CODES.tryAgain : EXIT_CODES.failure;
}
