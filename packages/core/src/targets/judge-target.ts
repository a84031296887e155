// Who may write to a target: whoever's marker is in it. The marker is set once, before the first write.
import type { EnvironmentKind } from '../environments/environment.ts';

/** What a target says about itself. */
export interface TargetMarker {
  readonly environment: string;
  readonly kind: EnvironmentKind;
}

/** Who wants to write, and what a person allowed. */
export interface TargetClaimant {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  /** `--against-shared`: a local environment may use what a shared one has claimed. */
  readonly isAgainstShared: boolean;
}

/**
 * `own`: go on. `claim`: set the marker first. `borrowed`: go on, and show whose it is. `unclaimed` and `refused`: do not
 * write.
 */
export type TargetVerdict = 'own' | 'claim' | 'borrowed' | 'unclaimed' | 'refused';

/**
 * Judges a target by its marker. Only `local` claims by itself: what a laptop reaches by its own declaration is nobody's, or
 * is marked. A marker of a production environment refuses everybody else, whatever was allowed.
 */
export function judgeTarget(marker: TargetMarker | undefined, claimant: TargetClaimant): TargetVerdict {
  if (marker === undefined) return claimant.kind === 'local' ? 'claim' : 'unclaimed';
  if (marker.environment === claimant.environment && marker.kind === claimant.kind) return 'own';
  const isBorrowed = claimant.kind === 'local' && marker.kind === 'shared' && claimant.isAgainstShared;
  return isBorrowed ? 'borrowed' : 'refused';
}
