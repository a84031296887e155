import { TowpathError } from '@towpath/core';

/** The error of a refusal without a reason. */
export function noteMissing(what: 'release' | 'deploy plan'): TowpathError {
  return new TowpathError({
    code: 'NOTE_MISSING',
    message: `Why is the ${what} refused?`,
    fix: 'Give the reason as a note; it is shown to everybody who waits for the release.',
  });
}

/** The error of somebody who would approve what they did themselves, or a service account whose token they issued. */
export function signOffOfAuthor(message: string): TowpathError {
  return new TowpathError({
    code: 'SIGN_OFF_OF_AUTHOR',
    message,
    cause: 'Four eyes see more than two; what a service account does counts as done by who issued its token.',
    fix: 'Ask somebody else of your role.',
  });
}
