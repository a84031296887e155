// What a promotion will do, as data: shown by `--plan`, kept with the promotion, and what it is carried out by.
import { GATES, type GateName } from '../gates/verdict.ts';
import type { ReleaseBill } from '../releases/release.ts';
import { type Emergency, listEmergencyGates } from './emergency.ts';
import type { PromotionRules } from './policy.ts';

/** A promotion goes forward through gates; a rollback passes none of them but `deploy-plan`. */
export const PROMOTION_KINDS = ['promotion', 'rollback'] as const;

export type PromotionKind = (typeof PROMOTION_KINDS)[number];

/** Each step with what it does; a crash between two leaves a state that the next look goes on from. */
export const PROMOTION_STEPS = {
  'judge-gates': 'Wait until every gate allows it.',
  'set-desired': 'Judge the gates once more and, in that transaction, tell the environment to run the release.',
  'await-observed': 'Wait until all live agents of the environment have loaded the release.',
  'take-effect': 'Make its pipelines, schedules and pools those of the environment: the next run uses it.',
} as const;

export type PromotionStep = keyof typeof PROMOTION_STEPS;

/** The plan of a promotion. */
export interface PromotionPlan {
  readonly kind: PromotionKind;
  readonly gates: readonly GateName[];
  readonly steps: readonly PromotionStep[];
  /** Pipelines that change in the environment. */
  readonly pipelines: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
}

/** The gates of a promotion that is no emergency. */
const ORDINARY_GATES = GATES.filter((gate) => gate !== 'emergency');

/**
 * The gates that this version asks. They follow from what was asked for and not from a plan that is kept: a gate that came with an
 * upgrade is asked of what waited across it, too. Of a rollback: what brings infrastructure back is looked at before, where the policy
 * wants that.
 */
export function listGates(
  kind: PromotionKind,
  emergency: Pick<Emergency, 'skipped'> | null,
  { deployPlan }: Pick<PromotionRules, 'deployPlan'>,
): readonly GateName[] {
  if (kind === 'rollback') return deployPlan === null ? [] : ['deploy-plan'];
  return emergency ? listEmergencyGates(emergency) : ORDINARY_GATES;
}

/** Plans it, from what the environment runs now (null: no release) to the release. */
export function planPromotion(
  kind: PromotionKind,
  from: ReleaseBill | null,
  to: ReleaseBill,
  gates: readonly GateName[],
): PromotionPlan {
  const before = new Map(from?.pipelines.map(({ name, graphHash }) => [name, graphHash]));
  const after = new Map(to.pipelines.map(({ name, graphHash }) => [name, graphHash]));
  const steps: readonly PromotionStep[] = ['judge-gates', 'set-desired', 'await-observed', 'take-effect'];
  return {
    kind,
    gates,
    steps: gates.length === 0 ? steps.filter((step) => step !== 'judge-gates') : steps,
    pipelines: {
      added: [...after.keys()].filter((name) => !before.has(name)),
      changed: [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name)),
      removed: [...before.keys()].filter((name) => !after.has(name)),
    },
  };
}
