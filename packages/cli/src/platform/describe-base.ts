import { DEFAULT_BASE } from './build-platform-images.ts';

/** The image that Towpath's own are built upon. */
export function describeBase(
  flag: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  return flag ?? (variables.TOWPATH_BASE_IMAGE || DEFAULT_BASE);
}
