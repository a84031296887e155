// For commands, which claim nothing and borrow nothing.
import { judgeTarget, type TargetClaimant, type TargetMarker } from '@towpath/core';
import { claimedByOther, unclaimed } from './target-errors.ts';

/**
 * Returns when the marker of a target is the environment's own.
 *
 * @throws TowpathError `TARGET_UNCLAIMED`, `TARGET_CLAIMED_BY_OTHER`
 */
export function assertClaimed(
  target: string,
  marker: TargetMarker | undefined,
  { environment, kind }: Omit<TargetClaimant, 'isAgainstShared'>,
): void {
  if (marker === undefined) throw unclaimed(environment, target);
  const verdict = judgeTarget(marker, { environment, kind, isAgainstShared: false });
  if (verdict !== 'own') throw claimedByOther(environment, target, marker);
}
