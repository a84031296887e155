// A66: no pipeline quarantines more rows in the environment before than it did before the release. The counts of the last runs
// on either side are summed up the same way (`max` or `median`), pipeline by pipeline. What nobody told is never taken for zero.
import type { PromotionRules, QuarantineRules } from '../promotion/policy.ts';
import type { PipelineQuarantine, PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether quarantined rows stay within what they were; only another run can change that. */
export function judgeQuarantine(
  { source }: PromotionFacts,
  { quarantine: rules }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (rules === null) return allow('QUARANTINE_NOT_WANTED');
  if (isUnknown(source)) return unreachable(source, nowMs);
  const before = source.value?.environment ?? null;
  const deployment = source.value?.deployment ?? null;
  if (deployment === null) return deny('ORDER_SKIPPED', { before });
  if (deployment.quarantine === null) return unreachable({ why: 'Nobody looked at quarantined rows then.' }, nowMs);
  const compared = comparePipelines(deployment.quarantine, rules);
  const evidence = { before, ...toEvidence(compared, rules) };
  const red = compared.filter(isRed);
  if (red.length === 0) return allow(compared.length > 0 ? 'QUARANTINE_NOT_ABOVE' : 'QUARANTINE_NEVER_TOLD', evidence);
  if (deployment.endedAtMs !== null) return deny('QUARANTINE_ENDED', evidence);
  return defer(red.some(({ since }) => since !== null) ? 'QUARANTINE_ABOVE' : 'QUARANTINE_UNTOLD', evidence);
}

/** What speaks for a pipeline's runs; null: none of them told. */
interface ComparedPipeline {
  readonly pipeline: string;
  readonly since: number | null;
  readonly baseline: number | null;
  /** How many rows are not too many. */
  readonly limit: number;
}

function comparePipelines(told: readonly PipelineQuarantine[], rules: QuarantineRules): readonly ComparedPipeline[] {
  const untold = rules.mustTell.filter((name) => !told.some(({ pipeline }) => pipeline === name));
  const all = [...told, ...untold.map((pipeline) => ({ pipeline, since: [], before: [] }))];
  return all
    .filter(({ pipeline, since, before }) => since.length + before.length > 0 || rules.mustTell.includes(pipeline))
    .map(({ pipeline, since, before }) => {
      const baseline = summarize(before, rules);
      return { pipeline, since: summarize(since, rules), baseline, limit: (baseline ?? 0) + rules.mayExceedBy };
    });
}

function isRed({ since, limit }: ComparedPipeline): boolean {
  return since === null || since > limit;
}

function summarize(counts: readonly number[], { method, runs }: QuarantineRules): number | null {
  const sorted = counts.slice(0, runs).sort((a, b) => a - b);
  // The median of an even number is the lower of the two in the middle, on either side.
  return (method === 'max' ? sorted.at(-1) : sorted[Math.floor((sorted.length - 1) / 2)]) ?? null;
}

function toEvidence(compared: readonly ComparedPipeline[], { method, runs, mayExceedBy }: QuarantineRules) {
  const rows = Object.fromEntries(
    compared.map(({ pipeline, since, baseline }) => [pipeline, { since, baseline }] as const),
  );
  return { method, runs, mayExceedBy, rows };
}
