// How gates, steps and promotions look: as states of runs do, a shape, a word and a meaning of colour.
import {
  findOutcome,
  type GateDecision,
  type PromotionKind,
  type PromotionOutcome,
  type PromotionState,
} from '@towpath/core';
import type { StateLook } from './state-looks.ts';

/** What became of a promotion: a person's no, a gate's no, an end by hand and being replaced each look otherwise. */
const OUTCOME_LOOKS: Readonly<Record<PromotionOutcome, StateLook>> = {
  pending: { word: 'Waiting', tone: 'warn', shape: 'dashed' },
  running: { word: 'Going on', tone: 'busy', shape: 'half' },
  succeeded: { word: 'Succeeded', tone: 'good', shape: 'check' },
  refused: { word: 'Refused', tone: 'bad', shape: 'cross' },
  denied: { word: 'Denied', tone: 'bad', shape: 'diamond' },
  errored: { word: 'Errored', tone: 'error', shape: 'triangle' },
  aborted: { word: 'Aborted', tone: 'calm', shape: 'slash' },
  superseded: { word: 'Superseded', tone: 'calm', shape: 'skip' },
  'rolled-back': { word: 'Ended by rollback', tone: 'calm', shape: 'skip' },
};

/** How a promotion looks. */
export function lookOf({ state, endCode }: PromotionEnd): StateLook {
  return OUTCOME_LOOKS[findOutcome(state, endCode)];
}

/** What took effect and is there no more, by the kind of what took its place. */
export const REPLACED_LOOKS: Readonly<Record<PromotionKind, StateLook>> = {
  promotion: { word: 'Replaced', tone: 'calm', shape: 'skip' },
  rollback: { word: 'Rolled back', tone: 'calm', shape: 'skip' },
};

interface PromotionEnd {
  readonly state: PromotionState;
  readonly endCode: string | null;
}

/** Only a gate that allows is green: one that waits is as red as one that refuses. */
export const DECISION_LOOKS: Readonly<Record<GateDecision, StateLook>> = {
  allow: { word: 'Allows', tone: 'good', shape: 'check' },
  defer: { word: 'Waits', tone: 'bad', shape: 'diamond' },
  deny: { word: 'Denies', tone: 'bad', shape: 'cross' },
};

/** What a gate said last of what has ended: nobody waits for it any more. */
export const PAST_DECISION_LOOKS: Readonly<Record<GateDecision, StateLook>> = {
  allow: { word: 'Allowed', tone: 'good', shape: 'check' },
  defer: { word: 'Waited', tone: 'calm', shape: 'diamond' },
  deny: { word: 'Denied', tone: 'bad', shape: 'cross' },
};

/** A gate that nobody has to wait for, since it can't. Red: it did not allow anything. */
export const SKIPPED_LOOK: StateLook = { word: 'Skipped', tone: 'bad', shape: 'skip' };

/** How far a step of a plan is. */
export type StepState = 'done' | 'active' | 'next' | 'broken' | 'skipped';

export const STEP_LOOKS: Readonly<Record<StepState, StateLook>> = {
  done: { word: 'Done', tone: 'good', shape: 'check' },
  active: { word: 'Now', tone: 'busy', shape: 'half' },
  next: { word: 'Later', tone: 'calm', shape: 'dashed' },
  broken: { word: 'Ended here', tone: 'bad', shape: 'cross' },
  skipped: { word: 'Not reached', tone: 'calm', shape: 'skip' },
};
