// A64: the very release has run in the environment before for long enough, counted from its latest deployment there. Another
// release in between, or another content, begins again.
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

const HOUR_MS = 3600 * 1000;

/** Whether it has run long enough; a soak that goes on says when it is over. */
export function judgeSoak({ source }: PromotionFacts, { soakHours }: PromotionRules, nowMs: number): GateAnswer {
  if (soakHours <= 0) return allow('SOAK_NOT_WANTED');
  if (isUnknown(source)) return unreachable(source, nowMs);
  const before = source.value?.environment ?? null;
  const deployment = source.value?.deployment ?? null;
  if (deployment === null) return deny('ORDER_SKIPPED', { before, soakHours });
  const { startedAtMs, endedAtMs } = deployment;
  const enoughAtMs = startedAtMs + soakHours * HOUR_MS;
  const evidence = {
    before,
    soakHours,
    deployedAt: new Date(startedAtMs).toISOString(),
    replacedAt: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
    enoughAt: new Date(enoughAtMs).toISOString(),
  };
  if (Math.min(nowMs, endedAtMs ?? nowMs) >= enoughAtMs) return allow('SOAK_LONG_ENOUGH', evidence);
  return endedAtMs === null ? defer('SOAK_RUNNING', evidence, enoughAtMs) : deny('SOAK_ENDED', evidence);
}
