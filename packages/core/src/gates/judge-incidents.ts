// A67: no incident or problem of these priorities is open. One whose priority nobody says counts.
import type { PromotionRules } from '../promotion/policy.ts';
import { findSourceProblem, listKnown, toOrigin } from './judge-sourced.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** As many as a page shows; the number of all is said besides. */
const SHOWN = 20;

/** Whether all sources know of none; only its end changes that. */
export function judgeIncidents({ evidence }: PromotionFacts, { incidents }: PromotionRules, nowMs: number): GateAnswer {
  if (incidents === null) return allow('INCIDENTS_NOT_WANTED');
  const known = listKnown(evidence.incidents);
  const open = known.flatMap(({ source, value }) =>
    value
      .filter(({ priority }) => priority === null || incidents.priorities.includes(priority))
      .map(({ id, title, priority }) => ({ source, id, title, priority })),
  );
  const { priorities } = incidents;
  const asked = { priorities, asked: known.map(toOrigin) };
  if (open.length > 0) return defer('INCIDENTS_OPEN', { ...asked, count: open.length, open: open.slice(0, SHOWN) });
  return findSourceProblem(evidence.incidents, nowMs) ?? allow('INCIDENTS_NONE', asked);
}
