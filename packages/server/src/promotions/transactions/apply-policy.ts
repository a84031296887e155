import type { PolicyView } from '@towpath/api';
import { formatCanonicalJson, isTimeZone, type PromotionPolicy, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { hashCanonicalJson } from '../../code/graph-hash.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { formatRegion, type HolidayBook } from '../holiday-book.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { insertPolicy, type NewPolicy } from '../operations/insert-policy.ts';
import { listTargets } from '../operations/list-targets.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
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
    const problems = [...listCalendarProblems(policy.policy, book), ...(await listUnknown(tx, policy.policy))];
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

function listCalendarProblems({ kinds, environments }: PromotionPolicy, book: HolidayBook): readonly string[] {
  const all = [...Object.entries(kinds), ...Object.entries(environments)];
  return all.flatMap(([name, rules]) => {
    const calendar = rules?.freeze;
    if (!calendar) return [];
    const unknown = book.listUnknown(calendar).map((region) => `no bank holidays are known of ${formatRegion(region)}`);
    const zone = isTimeZone(calendar.timeZone) ? [] : [`${calendar.timeZone} is no time zone`];
    return [...zone, ...unknown].map((problem) => `${name}: ${problem}.`);
  });
}

// A rule for a name that is mistyped would hold nowhere.
async function listUnknown(tx: Transaction, { environments }: PromotionPolicy): Promise<readonly string[]> {
  const known = new Set((await listTargets(tx)).map(({ name }) => name));
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

function policyInvalid(problems: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'POLICY_INVALID',
    message: 'The policy was not applied.',
    cause: problems.join(' '),
    fix: 'Correct it; the policy before holds until then.',
  });
}
