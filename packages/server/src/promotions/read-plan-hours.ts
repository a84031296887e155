import { findRules } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findTarget } from './operations/find-target.ts';

/** How many hours a plan of the deploy command counts in an environment, by the rule in force; null: no plans are wanted there. */
export async function readPlanHours(db: Db, environment: string): Promise<number | null> {
  const target = await findTarget(db, environment);
  if (!target) return null;
  return findRules((await findPolicy(db)).policy, target).deployPlan?.expiresHours ?? null;
}
