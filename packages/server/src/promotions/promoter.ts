// Who may decide what an environment runs: the policy names roles for it, whichever way they come (console, CLI, API).
import { findRules, type PersonRole } from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { Holding } from '../http/identity.ts';
import { environmentUnknown } from '../runs/run-errors.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findTarget, type PromotionTarget } from './operations/find-target.ts';
import { promoterRefused } from './promotion-errors.ts';

/** Somebody who decides. */
export interface Promoter {
  readonly name: string;
  /** The farthest-reaching one. */
  readonly role: PersonRole;
  /** All that hold in the environment; absent: the one. */
  readonly roles?: readonly PersonRole[];
  /** The token they come with; null or absent: none. */
  readonly tokenId?: string | null;
  /** What that was issued with: with groups, roles follow from bindings. */
  readonly holding?: Pick<Holding, 'groups'>;
}

/** Whether what somebody may do follows from bindings, not from their credential itself. */
export function isByBinding({ holding }: Promoter): boolean {
  return (holding?.groups ?? null) !== null;
}

/**
 * The environment, if the policy lets this person decide about it.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PERMISSION_DENIED`
 */
export async function requirePromoter(db: Db, environment: string, by: Promoter): Promise<PromotionTarget> {
  const target = await findTarget(db, environment);
  if (!target) throw environmentUnknown(environment);
  const { policy } = await findPolicy(db);
  const { promoters } = findRules(policy, target);
  const { role, roles = [role] } = by;
  if (!roles.some((one) => promoters.includes(one))) throw promoterRefused(role, environment, promoters);
  return target;
}
