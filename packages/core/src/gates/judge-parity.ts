// Parity (document 002): what the candidate declares is there in the environment it shall come into, and the two environments
// differ only where its project allows that. Declarations are compared, not what happens to run.
import type { ParityRules, PromotionRules } from '../promotion/policy.ts';
import type { ComparedDeclarations } from './parity-facts.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { isUnknown, unreachable } from './unreachable.ts';
import { allow, defer, deny, type GateAnswer } from './verdict.ts';

/** Whether the environment is as the release expects it; whoever declares environments can change that. */
export function judgeParity(
  { parity, environment }: PromotionFacts,
  { parity: rules }: PromotionRules,
  nowMs: number,
): GateAnswer {
  if (rules === null) return allow('PARITY_NOT_WANTED');
  if (isUnknown(parity)) return unreachable(parity, nowMs);
  const facts = parity.value;
  switch (facts.state) {
    case 'none':
      return allow('PARITY_NOT_DECLARED');
    case 'unrecorded':
      return rules.mustBeRecorded ? deny('PARITY_UNRECORDED') : allow('PARITY_UNRECORDED');
    case 'undeclared':
      return deny('PARITY_ENVIRONMENT_UNKNOWN', { environment: environment.name });
    case 'compared':
      return judgeCompared(facts, rules);
  }
}

function judgeCompared(facts: ComparedDeclarations, { except }: ParityRules): GateAnswer {
  const { before, areValuesCompared, lacking, otherwise, unset, differences } = facts;
  const found = Object.entries({ lacking, otherwise, unset, differences }).flatMap(([how, subjects]) => {
    const left = subjects.filter((subject) => !except.includes(subject));
    return left.length > 0 ? [[how, left] as const] : [];
  });
  const evidence = { before, areValuesCompared, ...Object.fromEntries(found) };
  if (found.some(([how]) => how === 'differences')) return deny('PARITY_BROKEN', evidence);
  return found.length > 0 ? defer('PARITY_LACKING', evidence) : allow('PARITY_KEPT', evidence);
}
