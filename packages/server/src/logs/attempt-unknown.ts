import { TowpathError } from '@towpath/core';

/** No such attempt, or not one the asking agent may know of. */
export function attemptUnknown(attemptId: string): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_UNKNOWN',
    message: `There is no attempt ${attemptId}.`,
    fix: 'Take it from its run.',
  });
}
