// A67: the change record that the promotion names is approved, in a state in which work may be done, and now lies in its planned
// window, if it has one: from its start, up to and without its end.
import type { ChangeRecord } from '../evidence/evidence.ts';
import type { ChangeRules } from '../evidence/evidence-rules.ts';
import type { PromotionRules } from '../promotion/policy.ts';
import { findSourceProblem, toOrigin } from './judge-sourced.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether it lets through. The record is part of the promotion, so nothing adds it later; what it says may change. */
export function judgeChange(facts: PromotionFacts, { change }: PromotionRules, nowMs: number): GateAnswer {
  if (change === null) return allow('CHANGE_NOT_WANTED');
  if (facts.changeRecord === null) return deny('CHANGE_MISSING');
  const asked = facts.evidence.change;
  const problem = findSourceProblem(asked ? [asked] : [], nowMs);
  if (problem) return problem;
  const record = asked?.isKnown ? asked.value : null;
  const origin = asked ? toOrigin(asked) : {};
  if (record === null) return defer('CHANGE_UNKNOWN', { ...origin, number: facts.changeRecord });
  const { states, ...said } = record;
  return judgeRecord(record, change, { ...origin, ...said, state: states.at(-1) ?? null }, nowMs);
}

function judgeRecord(
  { approval, states, startsAt, endsAt }: ChangeRecord,
  wanted: ChangeRules,
  evidence: GateAnswer['evidence'],
  nowMs: number,
): GateAnswer {
  if (approval === 'rejected') return deny('CHANGE_REJECTED', evidence);
  if (approval === 'waiting') return defer('CHANGE_NOT_APPROVED', evidence);
  const mayBe = new Set(wanted.states.map(normalize));
  if (!states.some((state) => mayBe.has(normalize(state))))
    return defer('CHANGE_STATE_WRONG', { ...evidence, wanted: wanted.states });
  const startMs = startsAt === null ? Number.NEGATIVE_INFINITY : Date.parse(startsAt);
  if (nowMs < startMs) return defer('CHANGE_WINDOW_LATER', evidence, startMs);
  if (endsAt !== null && nowMs >= Date.parse(endsAt)) return defer('CHANGE_WINDOW_OVER', evidence);
  return allow('CHANGE_APPROVED', evidence);
}

function normalize(state: string): string {
  return state.trim().toLowerCase();
}
