// A release takes effect: its pipelines, schedules and pools become those of the environment, in one code location of its own,
// and what agents had registered from their working trees goes. Runs that were planned before keep what they have.
import { TowpathError } from '@towpath/core';
import { checkRegistration } from '../code/check-registration.ts';
import { type LocationCode, replaceCode } from '../code/replace-code.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { listOtherLocations } from './operations/list-other-locations.ts';
import { listReleasedGraphs } from './operations/list-released-graphs.ts';

/** Name of the code location that a release is; its schedules keep their identity from one release to the next. */
export const RELEASE_LOCATION = 'release';

/**
 * What an environment's code is with a release.
 *
 * @throws TowpathError `RELEASE_UNKNOWN`
 */
export async function readReleaseCode(tx: Transaction, environment: string, releaseId: string): Promise<LocationCode> {
  const release = await findRelease(tx, releaseId);
  if (!release) throw releaseUnknown(releaseId);
  const { bundleHash, pools } = release.bill;
  const pipelines = await listReleasedGraphs(tx, releaseId);
  return { environment, name: RELEASE_LOCATION, sourceHash: releaseId, bundleHash, releaseId, pipelines, pools };
}

/** Why code can't take effect: what was good when it was recorded may be refused by a later version of ours. */
export function findCodeProblem({ pipelines, pools = {} }: LocationCode): TowpathError | undefined {
  try {
    checkRegistration(pipelines, new Set(Object.keys(pools)));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TowpathError) return thrown;
    throw thrown;
  }
}

/**
 * Replaces the code of an environment. Locks: as a registration does, one location after the other in name order. The decisions
 * about the environment are locked, which holds registrations off; the caller publishes.
 */
export async function replaceEnvironmentCode(tx: Transaction, code: LocationCode, outbox: Outbox): Promise<void> {
  const { environment } = code;
  for (const { name, sourceHash } of await listOtherLocations(tx, environment, RELEASE_LOCATION))
    await replaceCode(tx, { environment, name, sourceHash, pipelines: [] }, outbox);
  await replaceCode(tx, code, outbox);
}
