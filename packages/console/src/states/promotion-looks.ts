// How gates, steps and promotions look: as states of runs do, a shape, a word and a meaning of colour.
import type { GateDecision, PromotionState } from '@towpath/core';
import type { StateLook } from './state-looks.ts';

export const PROMOTION_LOOKS: Readonly<Record<PromotionState, StateLook>> = {
  pending: { word: 'Waiting', tone: 'warn', shape: 'dashed' },
  running: { word: 'Going on', tone: 'busy', shape: 'half' },
  succeeded: { word: 'Succeeded', tone: 'good', shape: 'check' },
  failed: { word: 'Refused', tone: 'bad', shape: 'cross' },
  errored: { word: 'Errored', tone: 'error', shape: 'triangle' },
  aborted: { word: 'Aborted', tone: 'calm', shape: 'slash' },
};

/** Only a gate that allows is green: one that waits is as red as one that refuses. */
export const DECISION_LOOKS: Readonly<Record<GateDecision, StateLook>> = {
  allow: { word: 'Allows', tone: 'good', shape: 'check' },
  defer: { word: 'Waits', tone: 'bad', shape: 'diamond' },
  deny: { word: 'Refuses', tone: 'bad', shape: 'cross' },
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
