// An attempt that was refused, with what the retry rule has to know of it: whether trying again could help.
import { CONFIGURATION_RULES, EXIT_CONFIGURATION } from '@towpath/core';
import type { HeldAttempt } from '../executors/executor.ts';

/**
 * Refusals that stand until a person changes a declaration, a task or a marker: the same for every agent of the environment, so
 * asking again only fills logs. What passes by itself (an outage, a right or a secret that is being set) is not among them, nor
 * `DATAKIT_UNKNOWN` and `DATAKIT_NEEDS_NEWER_PLATFORM`: another agent may have the datakit, or be newer.
 */
const PERMANENT: ReadonlySet<string> = new Set([
  ...Object.keys(CONFIGURATION_RULES),
  'CONFIGURATION_INVALID',
  'DATAKIT_NEEDS_MORE_MEMORY',
  'DATAKIT_VARIABLE_MISSING',
  'FUNCTION_VARIABLE_MISSING',
  'SECRETS_UNDECLARED',
  'SECRET_FOREIGN',
  'SECRET_NAME_INVALID',
  'SECRET_NEEDS_PERSON',
  'SECRET_OPTIONS_INVALID',
  'SECRET_PROVIDER_UNKNOWN',
  'TARGET_CLAIMED_BY_OTHER',
  'TARGET_PLACE_INVALID',
  'TARGET_UNCLAIMED',
]);

/** Ends with exit code 78, which means just that, where trying again can't help. */
export function holdRefused(held: HeldAttempt, code: string): HeldAttempt {
  if (!PERMANENT.has(code)) return held;
  return { ...held, ended: held.ended.then((end) => ({ ...end, exitCode: EXIT_CONFIGURATION })) };
}
