// How far each step of a promotion's plan is.
import type { BoardRow, PromotionView } from '@towpath/api';
import { PROMOTION_STEPS, type PromotionStep } from '@towpath/core';
import type { StepState } from '../../states/promotion-looks.ts';
import { passesNoGate } from './passes-no-gate.ts';

/** A step as it is drawn. */
export interface DrawnStep {
  readonly step: PromotionStep;
  /** What it does. */
  readonly words: string;
  readonly state: StepState;
}

/** The step that a promotion is at, or was at when it ended; undefined: beyond all of them. */
function findCurrent({ state, startedAt }: PromotionView): PromotionStep | undefined {
  if (state === 'succeeded') return undefined;
  return startedAt === null ? 'judge-gates' : 'await-observed';
}

/** What a step does, there: what passes no gate judges none. */
function describeStep(step: PromotionStep, promotion: PromotionView): string {
  const isUnjudged = step === 'set-desired' && passesNoGate(promotion);
  return isUnjudged ? 'Tell the environment to run the release.' : PROMOTION_STEPS[step];
}

/** The steps in order. */
export function toSteps(promotion: PromotionView): readonly DrawnStep[] {
  const { plan, state } = promotion;
  const current = findCurrent(promotion);
  const isOver = state !== 'pending' && state !== 'running';
  const at = current === undefined ? plan.steps.length : Math.max(0, plan.steps.indexOf(current));
  return plan.steps.map((step, index) => {
    const here: StepState = isOver ? 'broken' : 'active';
    const later: StepState = isOver ? 'skipped' : 'next';
    return { step, words: describeStep(step, promotion), state: index < at ? 'done' : index === at ? here : later };
  });
}

/** `2 of 3 agents have it; wait for b`. */
export function describeAgents({ agents }: Pick<BoardRow, 'agents'>, releaseId: string): string {
  if (agents.length === 0) return 'No agent is live: nobody can load it.';
  const missing = agents.filter(({ release, error }) => release?.id !== releaseId || error !== null);
  const have = `${agents.length - missing.length} of ${agents.length} ${agents.length === 1 ? 'agent has' : 'agents have'} it`;
  return missing.length === 0 ? `${have}.` : `${have}; it waits for ${missing.map(({ name }) => name).join(', ')}.`;
}
