import { type TargetMarker, type TargetVerdict, TOWPATH, TowpathError } from '@towpath/core';

/** It does not answer, so whose it is is unknown. */
export function targetUnreachable(place: string, code: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_UNREACHABLE',
    message: `${place} does not say whose it is.`,
    cause: `It could not be asked: ${code}.`,
    fix: 'Make it reachable for the agent, with rights to read the marker; nothing is written to it before.',
  });
}

/** It can't be marked. */
export function claimFailed(place: string, code: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_CLAIM_FAILED',
    message: `${place} could not be claimed.`,
    cause: `The marker could not be written: ${code}.`,
    fix: 'The role needs the right to create in the database, the agent to write in the folder, or S3 to know conditional writes and bucket tags; or let an owner claim it.',
  });
}

/** Why nothing may be written to a target that was judged so; undefined: it may. */
export function findRefusal(
  environment: string,
  target: string,
  { marker, verdict }: { readonly marker: TargetMarker | undefined; readonly verdict: TargetVerdict },
): TowpathError | undefined {
  if (verdict === 'own' || verdict === 'claim' || verdict === 'borrowed') return undefined;
  return marker === undefined ? unclaimed(environment, target) : claimedByOther(environment, target, marker);
}

/** Its marker is somebody else's. */
function claimedByOther(environment: string, target: string, marker: TargetMarker): TowpathError {
  const isShared = marker.kind === 'shared';
  return new TowpathError({
    code: 'TARGET_CLAIMED_BY_OTHER',
    message: `[${environment.toUpperCase()}] Target ${target} belongs to environment ${marker.environment} (${marker.kind}).`,
    cause: 'Its marker says so; nothing was started and nothing was written.',
    fix: isShared
      ? `Point ${environment} at a target of its own. A local environment may use a shared one by \`--against-shared\`.`
      : `Point ${environment} at a target of its own.`,
  });
}

/** Nobody has claimed it, and this environment does not claim by itself. */
function unclaimed(environment: string, target: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_UNCLAIMED',
    message: `[${environment.toUpperCase()}] Target ${target} says of no environment that it is its own.`,
    cause: 'Nobody has claimed it, so it may be the wrong one.',
    fix: `Look whether it is the right one, then: \`${TOWPATH} environment claim ${target} --environment ${environment}\`.`,
  });
}
