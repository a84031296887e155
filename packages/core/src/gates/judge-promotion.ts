// All gates of a promotion: pure, so the same code answers why not now, when next, and what another moment would say.
import type { PromotionRules } from '../promotion/policy.ts';
import { judgeChange } from './judge-change.ts';
import { judgeChecks } from './judge-checks.ts';
import { judgeConfirmations } from './judge-confirmations.ts';
import { judgeCycles } from './judge-cycles.ts';
import { judgeDeployPlan } from './judge-deploy-plan.ts';
import { judgeEmergency } from './judge-emergency.ts';
import { judgeFreeze } from './judge-freeze.ts';
import { judgeIncidents } from './judge-incidents.ts';
import { judgeNotBefore } from './judge-not-before.ts';
import { judgeOrder } from './judge-order.ts';
import { judgeParity } from './judge-parity.ts';
import { judgePerformance } from './judge-performance.ts';
import { judgeQuarantine } from './judge-quarantine.ts';
import { judgeRehearsal } from './judge-rehearsal.ts';
import { judgeRollbackPlan } from './judge-rollback-plan.ts';
import { judgeSignOffs } from './judge-sign-offs.ts';
import { judgeSoak } from './judge-soak.ts';
import { judgeWindow } from './judge-window.ts';
import type { PromotionFacts } from './promotion-facts.ts';
import { combineVerdicts, GATES, type GateAnswer, type GateName, type Judgement } from './verdict.ts';

type Gate = (facts: PromotionFacts, rules: PromotionRules, nowMs: number) => GateAnswer;

const JUDGES: Readonly<Record<GateName, Gate>> = {
  order: (facts, _, nowMs) => judgeOrder(facts, nowMs),
  rehearsal: judgeRehearsal,
  soak: judgeSoak,
  cycles: judgeCycles,
  quarantine: judgeQuarantine,
  'sign-offs': judgeSignOffs,
  'deploy-plan': judgeDeployPlan,
  'rollback-plan': judgeRollbackPlan,
  window: judgeWindow,
  freeze: judgeFreeze,
  'not-before': (facts, _, nowMs) => judgeNotBefore(facts, nowMs),
  emergency: judgeEmergency,
  change: judgeChange,
  incidents: judgeIncidents,
  performance: judgePerformance,
  checks: judgeChecks,
  confirmations: judgeConfirmations,
  parity: judgeParity,
};

/** What is to be judged: a rollback passes no gate but `deploy-plan`. */
export interface PromotionCase {
  readonly facts: PromotionFacts;
  readonly rules: PromotionRules;
  readonly gates?: readonly GateName[] | undefined;
}

/** Asks each gate. The same facts, rules and moment always give the same judgement. */
export function judgePromotion({ facts, rules, gates = GATES }: PromotionCase, nowMs: number): Judgement {
  return combineVerdicts(gates.map((gate) => ({ gate, ...JUDGES[gate](facts, rules, nowMs) })));
}
