import type { InstalledDatakit } from '@towpath/datakit';
import { type GivenToAttempts, listMisfitRemarks } from '../attempts/find-misfit.ts';

/** Versions that pipelines name, by datakit. */
export type NamedDatakits = ReadonlyMap<string, readonly string[]>;

/** What of the datakits that pipelines name will not start here, or get less than it asks for: a line each. */
export function listRemarks(
  named: NamedDatakits,
  datakits: readonly InstalledDatakit[],
  given: GivenToAttempts,
): readonly string[] {
  return datakits
    .filter(({ name, version }) => named.get(name)?.includes(version))
    .flatMap((datakit) => listMisfitRemarks(datakit, given));
}
