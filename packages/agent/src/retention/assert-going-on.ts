import { TowpathError } from '@towpath/core';

/**
 * Returns unless who deletes was told to stop.
 *
 * @throws TowpathError `RETENTION_STOPPED`
 */
export function assertGoingOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new TowpathError({
    code: 'RETENTION_STOPPED',
    message: 'Deleting old data was stopped before its end.',
    cause: 'The agent that did it was ended.',
    fix: 'Nothing has to be done: the next agent of the environment goes on with it.',
  });
}
