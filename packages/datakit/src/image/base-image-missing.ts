// The image that another is built upon is not to be had; what helps is to log in, or to choose another.
import { TowpathError } from '@towpath/core';

const ABSENT = new Set(['REGISTRY_UNREACHABLE', 'REGISTRY_UNAUTHORISED', 'IMAGE_MISSING']);

/** Its registry does not have it, or does not give it to us. A defect of what it does give is another error. */
export function isBaseAbsent(thrown: unknown): thrown is TowpathError {
  return thrown instanceof TowpathError && ABSENT.has(thrown.code);
}

/** `BASE_IMAGE_MISSING`: of this name, for what `isBaseAbsent` found; `choose` says how another is named. */
export function baseImageMissing(base: string, absent: TowpathError, choose: string): TowpathError {
  const login = absent.code === 'REGISTRY_UNAUTHORISED' && absent.fix !== undefined ? `${absent.fix} Or: ` : '';
  return new TowpathError(
    {
      code: 'BASE_IMAGE_MISSING',
      message: `The base image ${base} is not to be had.`,
      cause: [absent.message, absent.reason].filter(Boolean).join(' '),
      fix: `${login}${choose}`,
    },
    { cause: absent },
  );
}
