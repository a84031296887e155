// A promotion may be asked for a later time: it waits there like at any other gate.
import type { PromotionFacts } from './promotion-facts.ts';
import { allow, defer, type GateAnswer } from './verdict.ts';

/** Whether it may begin. */
export function judgeNotBefore({ notBeforeMs }: PromotionFacts, nowMs: number): GateAnswer {
  if (notBeforeMs === null) return allow('START_NOT_LIMITED');
  const evidence = { notBefore: new Date(notBeforeMs).toISOString() };
  return nowMs >= notBeforeMs ? allow('START_REACHED', evidence) : defer('START_LATER', evidence, notBeforeMs);
}
