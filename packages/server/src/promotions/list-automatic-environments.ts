import { findRules } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findPolicy } from './operations/find-policy.ts';
import { listTargets } from './operations/list-targets.ts';

/** Environments that the policy lets take what is new by themselves, in their order. */
export async function listAutomaticEnvironments(db: Db): Promise<readonly string[]> {
  const { policy } = await findPolicy(db);
  const all = [...Object.values(policy.kinds), ...Object.values(policy.environments)];
  if (!all.some((rules) => rules?.automatic)) return [];
  const targets = await listTargets(db);
  return targets
    .filter((target) => target.kind !== 'local' && findRules(policy, target).automatic)
    .map(({ name }) => name);
}
