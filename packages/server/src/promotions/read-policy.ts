import type { PolicyView } from '@towpath/api';
import { findRules } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findPolicy } from './operations/find-policy.ts';
import { listTargets } from './operations/list-targets.ts';

/** The policy in force, with what it comes to for each environment that releases are promoted to. */
export async function readPolicy(db: Db): Promise<PolicyView> {
  const found = await findPolicy(db);
  const targets = (await listTargets(db)).filter(({ kind }) => kind !== 'local');
  const rules = targets.map((target) => [target.name, findRules(found.policy, target)] as const);
  // The contract's lists are mutable, those of core are not.
  return structuredClone({ ...found, rules: Object.fromEntries(rules) }) as PolicyView;
}
