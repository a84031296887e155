import { TowpathError } from '@towpath/core';

/** The error about a bundle that nobody uploaded; without a hash none was named. */
export function bundleUnknown(hash: string | undefined): TowpathError {
  return new TowpathError({
    code: 'BUNDLE_UNKNOWN',
    message: 'The code of the TypeScript tasks is missing.',
    cause: hash === undefined ? 'No bundle was named.' : `There is no bundle ${hash}.`,
    fix: 'Upload the bundle first, then register again.',
  });
}
