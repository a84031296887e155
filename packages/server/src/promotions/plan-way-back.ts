// A85: where a rollback leads. Infrastructure goes to what was applied last, to the end: an environment whose newest deploy plan was
// applied in part goes back to the release that it runs, which is the last one whose plan was applied; otherwise to the one before.
import type { ReleaseView } from '@towpath/api';
import { findPreviousGood, findRules, listRollbackGates, type PromotionPlan, planPromotion } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { findPolicy } from './operations/find-policy.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { listDeployments } from './operations/list-deployments.ts';
import { listUnfinishedDeploys } from './operations/list-unfinished-deploys.ts';
import { nothingToRollBackTo } from './promotion-errors.ts';

/** The way back. */
export interface WayBack {
  readonly to: ReleaseView;
  readonly plan: PromotionPlan;
}

/**
 * Plans the way back of an environment from a release. Undefined: the environment neither runs it nor has it in part.
 *
 * @throws TowpathError `ROLLBACK_IMPOSSIBLE`, `RELEASE_UNKNOWN`
 */
export async function planWayBack(tx: Db, target: PromotionTarget, from: string): Promise<WayBack | undefined> {
  const deployments = await listDeployments(tx, target.name);
  const deployedId = deployments[0]?.releaseId;
  if (deployedId === undefined) return undefined;
  const isDeployed = deployedId === from;
  if (!isDeployed && !(await listUnfinishedDeploys(tx, target.name)).includes(from)) return undefined;
  const toId = isDeployed ? findPreviousGood(deployments) : deployedId;
  if (toId === undefined) throw nothingToRollBackTo(target.name);
  const [to, deployed] = [await findRelease(tx, toId), await findRelease(tx, deployedId)];
  if (!to) throw releaseUnknown(toId);
  const gates = listRollbackGates(findRules((await findPolicy(tx)).policy, target));
  return { to, plan: planPromotion('rollback', deployed?.bill ?? null, to.bill, gates) };
}
