// A65: a cycle is a run of all tasks of a pipeline. Each pipeline has gone through so often in a row since the latest deployment
// of the very release; one that failed begins again, one that was cancelled counts neither way.
import type { PromotionRules } from '../promotion/policy.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether pipelines went through often enough; only another run can change that. */
export function judgeCycles({ source }: PromotionFacts, { cycles }: PromotionRules, nowMs: number): GateAnswer {
  if (cycles <= 0) return allow('CYCLES_NOT_WANTED');
  if (isUnknown(source)) return unreachable(source, nowMs);
  const before = source.value?.environment ?? null;
  const deployment = source.value?.deployment ?? null;
  if (deployment === null) return deny('ORDER_SKIPPED', { before, cycles });
  const seen = Object.fromEntries(
    deployment.pipelines.map(({ pipeline, successesInARow }) => [pipeline, successesInARow]),
  );
  const evidence = { before, cycles, successesInARow: seen };
  if (deployment.pipelines.every(({ successesInARow }) => successesInARow >= cycles))
    return allow('CYCLES_COMPLETE', evidence);
  return deployment.endedAtMs === null ? defer('CYCLES_MISSING', evidence) : deny('CYCLES_ENDED', evidence);
}
