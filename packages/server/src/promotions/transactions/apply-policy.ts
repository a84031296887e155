import type { PolicyView } from '@towpath/api';
import { formatCanonicalJson, type PromotionPolicy } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { hashCanonicalJson } from '../../code/graph-hash.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import type { HolidayBook } from '../holiday-book.ts';
import { listRuleProblems } from '../list-rule-problems.ts';
import { findPolicy } from '../operations/find-policy.ts';
import type { PromotionTarget } from '../operations/find-target.ts';
import { insertPolicy, type NewPolicy } from '../operations/insert-policy.ts';
import { listTargets } from '../operations/list-targets.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { policyInvalid } from '../promotion-errors.ts';
import { readPolicy } from '../read-policy.ts';

/**
 * Puts a policy in force and returns it. Locks: the decisions about the policy. The policy in force again changes nothing.
 *
 * @throws TowpathError `POLICY_INVALID`
 */
export async function applyPolicy(pool: pg.Pool, book: HolidayBook, policy: NewPolicy): Promise<PolicyView> {
  await book.load();
  return withTransaction(pool, 'apply-policy', async (tx) => {
    // A name that no environment can have.
    await lockDecisions(tx, 'policy of all');
    const targets = await listTargets(tx);
    const problems = [...listUnknown(targets, policy.policy), ...listRuleProblems(targets, policy.policy, book)];
    if (problems.length > 0) throw policyInvalid(problems);
    const before = await findPolicy(tx);
    if (formatCanonicalJson(before.policy) !== formatCanonicalJson(policy.policy)) {
      const version = await insertPolicy(tx, policy);
      await audit(tx, policy, version);
      await publish(tx, { ...createOutbox(), topics: new Set(['promotions']) });
    }
    return readPolicy(tx);
  });
}

// A rule for a name that is mistyped would hold nowhere.
function listUnknown(targets: readonly PromotionTarget[], { environments }: PromotionPolicy): readonly string[] {
  const known = new Set(targets.map(({ name }) => name));
  return Object.keys(environments)
    .filter((name) => !known.has(name))
    .map((name) => `${name}: there is no such environment.`);
}

async function audit(tx: Transaction, { policy, by, note }: NewPolicy, version: number): Promise<void> {
  await writeAudit(tx, {
    actor: { kind: 'person', name: by },
    action: 'policy.applied',
    subject: { kind: 'policy', id: String(version), name: `policy ${version}` },
    environment: null,
    why: note,
    details: { sha256: hashCanonicalJson(policy) },
  });
}
