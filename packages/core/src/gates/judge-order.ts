// A71: no environment is skipped, and an environment gets what the one before it ran.
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, deny, type GateAnswer } from './verdict.ts';

/** Whether the release has come this way. */
export function judgeOrder({ release, environment, source }: PromotionFacts, nowMs: number): GateAnswer {
  if (environment.kind === 'local') return deny('ENVIRONMENT_LOCAL', { environment: environment.name });
  if (environment.project !== null && environment.project !== release.project)
    return deny('RELEASE_OF_OTHER_PROJECT', { release: release.project, environment: environment.project });
  if (isUnknown(source)) return unreachable(source, nowMs);
  if (source.value === null) return allow('ORDER_FIRST');
  const { environment: before, deployment } = source.value;
  if (deployment === null) return deny('ORDER_SKIPPED', { before });
  return allow('ORDER_KEPT', { before, deployedAt: new Date(deployment.startedAtMs).toISOString() });
}
