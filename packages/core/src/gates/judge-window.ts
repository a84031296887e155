// Promotions begin within weekly windows only, by the clock of each window's time zone.
import { findNextOpening } from '../calendar/find-next-opening.ts';
import { findNextWindow, findOpenWindow, formatWindow } from '../calendar/weekly-windows.ts';
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown } from './unreachable.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** Whether a window is open; when not, `nextOpen` is when one is that no freeze closes. */
export function judgeWindow(facts: PromotionFacts, rules: PromotionRules, nowMs: number): GateAnswer {
  const { windows } = rules;
  if (windows.length === 0) return allow('WINDOW_NOT_LIMITED');
  const open = findOpenWindow(windows, nowMs);
  if (open)
    return allow('WINDOW_OPEN', { window: formatWindow(open.window), until: new Date(open.endsAtMs).toISOString() });
  const evidence = { windows: windows.map(formatWindow), nextOpen: findNextOpen(facts, rules, nowMs) };
  return defer('WINDOW_CLOSED', evidence, findNextWindow(windows, nowMs));
}

function findNextOpen({ freezes, holidays }: PromotionFacts, { freeze, windows }: PromotionRules, nowMs: number) {
  if (isUnknown(freezes) || isUnknown(holidays)) return null;
  const closings = { calendar: freeze, holidays: holidays.value, declared: freezes.value };
  const openMs = findNextOpening({ closings, windows }, nowMs);
  return openMs === null ? null : new Date(openMs).toISOString();
}
