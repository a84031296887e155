// What is wrong with a policy here: regions that nobody knows, and rules that contradict each other once they are put together.
import { findRules, listPolicyProblems, type PromotionPolicy } from '@towpath/core';
import { formatRegion, type HolidayBook } from './holiday-book.ts';
import type { PromotionTarget } from './operations/find-target.ts';

/** All of it, each as a sentence that begins with whose rules it is about. */
export function listRuleProblems(
  targets: readonly PromotionTarget[],
  policy: PromotionPolicy,
  book: HolidayBook,
): readonly string[] {
  return [
    ...listPolicyProblems(policy),
    ...listRegionProblems(policy, book),
    ...targets.flatMap((target) => listContradictions(policy, target)),
  ];
}

function listRegionProblems({ kinds, environments }: PromotionPolicy, book: HolidayBook): readonly string[] {
  const written = [...Object.entries(kinds), ...Object.entries(environments)];
  return written.flatMap(([name, rules]) => {
    const regions = rules?.freeze ? book.listUnknown(rules.freeze) : [];
    return regions.map((region) => `${name}: no bank holidays are known of ${formatRegion(region)}.`);
  });
}

// Nobody would be there to write the plan.
function listContradictions(policy: PromotionPolicy, target: PromotionTarget): readonly string[] {
  const { automatic, needsRollbackPlan } = findRules(policy, target);
  if (!automatic || !needsRollbackPlan) return [];
  return [`${target.name}: what is automatic has no rollback plan, and needsRollbackPlan wants one.`];
}
