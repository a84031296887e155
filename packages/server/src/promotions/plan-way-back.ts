// A85: where a rollback leads. Infrastructure goes to what was applied last, to the end: an environment whose newest deploy plan was
// applied in part goes back to the release that it runs, which is the last one whose plan was applied; otherwise to the one before.
import type { ReleaseView } from '@towpath/api';
import {
  findPreviousGood,
  findRules,
  listGates,
  type PastDeployment,
  type PromotionPlan,
  planPromotion,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { releaseUnknown } from '../releases/release-errors.ts';
import { findPolicy } from './operations/find-policy.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { listDeployments } from './operations/list-deployments.ts';
import { listUnfinishedDeploys } from './operations/list-unfinished-deploys.ts';
import { neverRan, nothingToRollBackTo } from './promotion-errors.ts';

/** Which way is asked for. */
export interface WayAsked {
  /** Id of the release it shall go back from. */
  readonly from: string;
  /** Id of another release that the environment ran; absent: the previous good one. */
  readonly to?: string | undefined;
  /** Somebody tries again what failed. */
  readonly retryOf?: string | undefined;
}

/** The way back. */
export interface WayBack {
  readonly to: ReleaseView;
  /** Somebody refuses that release in this environment. */
  readonly isRefused: boolean;
  readonly plan: PromotionPlan;
}

/**
 * Plans the way back of an environment from a release. Undefined: the environment neither runs it nor has it in part.
 *
 * @throws TowpathError `ROLLBACK_IMPOSSIBLE`, `RELEASE_UNKNOWN`
 */
export async function planWayBack(tx: Db, target: PromotionTarget, asked: WayAsked): Promise<WayBack | undefined> {
  const deployments = await listDeployments(tx, target.name);
  const deployedId = deployments[0]?.releaseId;
  if (deployedId === undefined) return undefined;
  const isInPart = deployedId !== asked.from;
  if (isInPart && !(await listUnfinishedDeploys(tx, target.name)).includes(asked.from)) return undefined;
  const toId = chooseTarget(target.name, asked, isInPart ? [PARTLY_APPLIED, ...deployments] : deployments);
  const [to, deployed] = [await findRelease(tx, toId), await findRelease(tx, deployedId)];
  if (!to) throw releaseUnknown(toId);
  const gates = listGates('rollback', null, findRules((await findPolicy(tx)).policy, target));
  const isRefused = deployments.some((one) => one.releaseId === toId && one.isRefused);
  return { to, isRefused, plan: planPromotion('rollback', deployed?.bill ?? null, to.bill, gates) };
}

/** Stands before what was applied to the end: it is what the environment leaves. */
const PARTLY_APPLIED: PastDeployment = { releaseId: '', wasRolledBack: true, isRefused: false };

/** Nobody is brought back to what is refused by a default, nor by a retry: only who names it, with a reason. */
function chooseTarget(
  environment: string,
  { to, retryOf }: WayAsked,
  [left, ...past]: readonly PastDeployment[],
): string {
  if (to === undefined) {
    const previous = left && findPreviousGood([left, ...past]);
    if (previous === undefined) throw nothingToRollBackTo(environment);
    return previous;
  }
  const named = past.find(({ releaseId }) => releaseId === to);
  if (!named) throw neverRan(environment);
  if (to === left?.releaseId || (retryOf !== undefined && named.isRefused)) throw nothingToRollBackTo(environment);
  return to;
}
