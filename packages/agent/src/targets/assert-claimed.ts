// For commands, which claim nothing and borrow nothing.
import { judgeTarget, type TargetClaimant, type TargetMarker } from '@towpath/core';
import { findRefusal } from './target-errors.ts';

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
  const verdict = marker && judgeTarget(marker, { environment, kind, isAgainstShared: false });
  const refusal = findRefusal(environment, target, { marker, verdict: verdict ?? 'unclaimed' });
  if (refusal) throw refusal;
}
