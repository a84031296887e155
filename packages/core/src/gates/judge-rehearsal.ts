// A86: the rollback has been rehearsed: the environment before has gone back from the very release, to the end.
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether the way back was tried; somebody can still do it. */
export function judgeRehearsal({ source }: PromotionFacts, rules: PromotionRules, nowMs: number): GateAnswer {
  if (!rules.needsRehearsal) return allow('REHEARSAL_NOT_WANTED');
  if (isUnknown(source)) return unreachable(source, nowMs);
  const before = source.value?.environment ?? null;
  const deployment = source.value?.deployment ?? null;
  if (deployment === null) return deny('ORDER_SKIPPED', { before });
  const { rehearsedAtMs } = deployment;
  if (rehearsedAtMs === null) return defer('REHEARSAL_MISSING', { before });
  return allow('REHEARSAL_DONE', { before, rehearsedAt: new Date(rehearsedAtMs).toISOString() });
}
