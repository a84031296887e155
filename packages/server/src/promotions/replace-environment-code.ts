// A release takes effect: its pipelines, schedules and pools become those of the environment, in one code location of its own,
// and what agents had registered from their working trees goes. Runs that were planned before keep what they have.

import { replaceCode } from '../code/replace-code.ts';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { listOtherLocations } from './operations/list-other-locations.ts';
import { listReleasedGraphs } from './operations/list-released-graphs.ts';

/** Name of the code location that a release is; its schedules keep their identity from one release to the next. */
const RELEASE_LOCATION = 'release';

/**
 * Replaces the code of an environment. Locks: as a registration does, one location after the other in name order. The decisions
 * about the environment are locked, which holds registrations off; the caller publishes.
 *
 * @throws TowpathError `RELEASE_UNKNOWN`
 */
export async function replaceEnvironmentCode(
  tx: Transaction,
  environment: string,
  releaseId: string,
  outbox: Outbox,
): Promise<void> {
  const release = await findRelease(tx, releaseId);
  if (!release) throw releaseUnknown(releaseId);
  for (const { name, sourceHash } of await listOtherLocations(tx, environment, RELEASE_LOCATION))
    await replaceCode(tx, { environment, name, sourceHash, pipelines: [] }, outbox);
  const { bundleHash, pools } = release.bill;
  const pipelines = await listReleasedGraphs(tx, releaseId);
  const location = { environment, name: RELEASE_LOCATION, sourceHash: releaseId, bundleHash, releaseId };
  await replaceCode(tx, { ...location, pipelines, pools }, outbox);
}
