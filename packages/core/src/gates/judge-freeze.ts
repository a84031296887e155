// A69: no freeze is in force, of the calendar or of people. Any of them closes; the answer says when it opens next.
import { type Closings, findClosures, findNextOpen } from '../calendar/find-closures.ts';
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** Whether the environment is open now. */
export function judgeFreeze(facts: PromotionFacts, { freeze }: PromotionRules, nowMs: number): GateAnswer {
  if (isUnknown(facts.freezes)) return unreachable(facts.freezes, nowMs);
  if (isUnknown(facts.holidays)) return unreachable(facts.holidays, nowMs);
  const closings: Closings = {
    calendar: freeze,
    holidays: facts.holidays.value,
    declared: facts.freezes.value,
  };
  const closures = findClosures(closings, nowMs);
  if (closures.length === 0) return allow('CALENDAR_OPEN');
  const nextOpenMs = findNextOpen(closings, nowMs);
  const evidence = {
    closedBy: closures.map(({ kind, name }) => ({ kind, name })),
    nextOpen: nextOpenMs === null ? null : new Date(nextOpenMs).toISOString(),
    timeZone: freeze?.timeZone ?? 'UTC',
  };
  return defer('CALENDAR_FROZEN', evidence, nextOpenMs);
}
