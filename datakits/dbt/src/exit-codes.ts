import { toExitCode as toCode } from '@towpath/datakit-process';

const CONFIGURATION: ReadonlySet<string> = new Set([
  ...['USAGE_INVALID', 'SETTINGS_INVALID', 'DBT_MISSING'],
  ...['MODEL_UNKNOWN', 'MODEL_NEVER_REFRESHED', 'MODELS_NOT_SELECTABLE'],
]);

/** The exit code of an error; anything unknown is 1. Whether an attempt that failed is repeated is said by its task. */
export function toExitCode(thrown: unknown): number {
  return toCode(thrown, { configuration: CONFIGURATION, tryAgain: new Set() });
}
