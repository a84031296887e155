// A67: the checks of the commit that the release was made of have passed. Any of them may run again, so none says no for good.
import type { CommitCheck } from '../evidence/evidence.ts';
import type { PromotionRules } from '../promotion/policy.ts';
import { findSourceProblem, listKnown, toOrigin } from './judge-sourced.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** Whether those that count are there and passed, and the release is published where that is wanted. */
export function judgeChecks(
  { evidence }: PromotionFacts,
  { checks: wanted }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (wanted === null) return allow('CHECKS_NOT_WANTED');
  const asked = [evidence.checks, evidence.release].filter((one) => one !== null);
  const problem = findSourceProblem(asked, nowMs);
  if (problem) return problem;
  const all = listKnown(evidence.checks ? [evidence.checks] : []).flatMap(({ value }) => value);
  const counted = wanted.names.length === 0 ? all : all.filter(({ name }) => wanted.names.includes(name));
  const said = { asked: asked.map(toOrigin), ...sortByState(counted) };
  const missing = wanted.names.filter((name) => !counted.some((check) => check.name === name));
  if (counted.length === 0 || missing.length > 0) return defer('CHECKS_MISSING', { ...said, missing });
  if (said.failed.length > 0) return defer('CHECKS_FAILED', said);
  if (said.running.length > 0) return defer('CHECKS_RUNNING', said);
  if (!wanted.needsRelease) return allow('CHECKS_PASSED', said);
  const state = evidence.release?.isKnown ? evidence.release.value : 'missing';
  const evidenced = { ...said, release: state };
  return state === 'published' ? allow('CHECKS_PASSED', evidenced) : defer('RELEASE_NOT_PUBLISHED', evidenced);
}

function sortByState(checks: readonly CommitCheck[]): Readonly<Record<CommitCheck['state'], readonly string[]>> {
  const of = (state: CommitCheck['state']) => checks.filter((one) => one.state === state).map(({ name }) => name);
  return { passed: of('passed'), failed: of('failed'), running: of('running') };
}
