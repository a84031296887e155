// What a promotion that somebody asks for will do: its steps and gates, and what an emergency lets it skip.
import type { ReleaseView } from '@towpath/api';
import {
  createEmergency,
  type Emergency,
  findRules,
  listGates,
  type PromotionPlan,
  planPromotion,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findRelease } from '../releases/operations/find-release.ts';
import { findDeployedRelease } from './operations/find-deployed-release.ts';
import { findPolicy } from './operations/find-policy.ts';
import type { PromotionTarget } from './operations/find-target.ts';

/** Which release comes where. */
export interface Planning {
  readonly release: ReleaseView;
  readonly target: PromotionTarget;
  readonly emergency: { readonly reason: string } | undefined;
  readonly atMs: number;
}

/** The plan of it. */
export interface PlannedRequest {
  /** What the environment runs now; undefined: no release. */
  readonly from: ReleaseView | undefined;
  readonly plan: PromotionPlan;
  readonly emergency: Emergency | null;
}

/** Plans it by the policy in force. Changes nothing. */
export async function planRequest(
  db: Db,
  { release, target, emergency: asked, atMs }: Planning,
): Promise<PlannedRequest> {
  const deployedId = await findDeployedRelease(db, target.name);
  const from = deployedId === undefined ? undefined : await findRelease(db, deployedId);
  const rules = findRules((await findPolicy(db)).policy, target);
  const emergency = asked ? createEmergency(asked.reason, rules, atMs) : null;
  const gates = listGates('promotion', emergency, rules);
  return { from, emergency, plan: planPromotion('promotion', from?.bill ?? null, release.bill, gates) };
}
