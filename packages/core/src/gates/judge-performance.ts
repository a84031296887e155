// A67, A92: since the release runs in the environment before, nothing takes much longer there. Compared are, for each pipeline, the
// medians of the last runs that succeeded before and after its deployment, and metrics that the policy names.
import type { MetricComparison } from '../evidence/evidence.ts';
import type { PerformanceRules } from '../evidence/evidence-rules.ts';
import type { PromotionRules } from '../promotion/policy.ts';
import { findSourceProblem, listKnown, toOrigin } from './judge-sourced.ts';
import type { PipelineDurations, PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether it is stable. While the release runs there another run may change it; afterwards nothing does. */
export function judgePerformance(facts: PromotionFacts, rules: PromotionRules, nowMs: number): GateAnswer {
  const { performance } = rules;
  if (performance === null) return allow('PERFORMANCE_NOT_WANTED');
  const { source, durations, evidence } = facts;
  if (isUnknown(source)) return unreachable(source, nowMs);
  if (isUnknown(durations)) return unreachable(durations, nowMs);
  if (source.value === null) return allow('PERFORMANCE_NOT_COMPARED');
  const { environment: before, deployment } = source.value;
  if (deployment === null) return deny('ORDER_SKIPPED', { before });
  const refuse = deployment.endedAtMs === null ? defer : deny;
  const compared = durations.value.filter(({ beforeMs }) => beforeMs !== null);
  const said = describe(before, compared, facts, performance);
  if (compared.some((one) => isSlower(one, performance))) return refuse('PERFORMANCE_WORSE', said);
  if (compared.some(({ afterMs }) => afterMs === null)) return refuse('PERFORMANCE_MISSING', said);
  return judgeMetrics(facts, performance, said, nowMs) ?? judgeEnough(compared, evidence.metrics.length, said);
}

function isSlower({ beforeMs, afterMs }: PipelineDurations, { tolerance, graceSeconds }: PerformanceRules): boolean {
  if (beforeMs === null || afterMs === null) return false;
  return afterMs > beforeMs * tolerance && afterMs > beforeMs + graceSeconds * 1000;
}

// A service may have written down late what it measured, so that no metric says no for good.
function judgeMetrics(
  { evidence: { metrics } }: PromotionFacts,
  { tolerance }: PerformanceRules,
  said: GateAnswer['evidence'],
  nowMs: number,
): GateAnswer | undefined {
  const known = listKnown(metrics).map(({ value }) => value);
  if (known.some((one) => isWorse(one, tolerance))) return defer('PERFORMANCE_WORSE', said);
  const problem = findSourceProblem(metrics, nowMs);
  if (problem) return problem;
  return known.some(isIncomplete) ? defer('METRICS_MISSING', said) : undefined;
}

function isWorse({ before, after }: MetricComparison, tolerance: number): boolean {
  return before !== null && after !== null && after > before * tolerance;
}

function isIncomplete({ before, after }: MetricComparison): boolean {
  return before === null || after === null;
}

function judgeEnough(
  compared: readonly PipelineDurations[],
  metricCount: number,
  said: GateAnswer['evidence'],
): GateAnswer {
  return compared.length + metricCount === 0
    ? allow('PERFORMANCE_NOT_COMPARED', said)
    : allow('PERFORMANCE_STABLE', said);
}

function describe(
  before: string,
  compared: readonly PipelineDurations[],
  { evidence }: PromotionFacts,
  { tolerance, graceSeconds, runs }: PerformanceRules,
): GateAnswer['evidence'] {
  const pipelines = compared.map((one) => ({
    pipeline: one.pipeline,
    before: toSeconds(one.beforeMs),
    after: toSeconds(one.afterMs),
    runs: [one.beforeRuns, one.afterRuns],
  }));
  const metrics = evidence.metrics.map((one) =>
    one.isKnown ? { ...toOrigin(one), ...one.value } : { ...toOrigin(one), why: one.why },
  );
  return { before, method: `median seconds of the last ${runs} runs`, tolerance, graceSeconds, pipelines, metrics };
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms) / 1000;
}
