import { TOWPATH, TowpathError } from '@towpath/core';

/** A link that opens nothing (any more). */
export function linkInvalid(): TowpathError {
  return new TowpathError({
    code: 'LINK_INVALID',
    message: 'This link does not open the console.',
    cause: 'A link works once, for ten minutes, and not longer than what it was made from.',
    fix: `Ask for a new one: \`${TOWPATH} dev\` prints it when it starts.`,
  });
}
