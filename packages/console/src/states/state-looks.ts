// How a state looks: a shape, a word and a meaning of colour. Never the colour alone.
import {
  ATTEMPT_STATES,
  type AttemptState,
  RUN_STATES,
  type RunState,
  TASK_STATES,
  type TaskState,
} from '@towpath/core';

export type AnyState = RunState | TaskState | AttemptState;

export type Tone = 'good' | 'bad' | 'error' | 'warn' | 'busy' | 'calm';

export type Shape = 'check' | 'cross' | 'triangle' | 'diamond' | 'half' | 'ring' | 'dashed' | 'slash' | 'skip' | 'dot';

export interface StateLook {
  readonly word: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

export const STATE_LOOKS: Readonly<Record<AnyState, StateLook>> = {
  queued: { word: 'Queued', tone: 'calm', shape: 'dashed' },
  waiting: { word: 'Waiting', tone: 'calm', shape: 'dashed' },
  ready: { word: 'Ready', tone: 'calm', shape: 'ring' },
  granted: { word: 'Granted', tone: 'busy', shape: 'dot' },
  running: { word: 'Running', tone: 'busy', shape: 'half' },
  uncertain: { word: 'Uncertain', tone: 'warn', shape: 'diamond' },
  succeeded: { word: 'Succeeded', tone: 'good', shape: 'check' },
  failed: { word: 'Failed', tone: 'bad', shape: 'cross' },
  errored: { word: 'Errored', tone: 'error', shape: 'triangle' },
  cancelled: { word: 'Cancelled', tone: 'calm', shape: 'slash' },
  upstream_failed: { word: 'Upstream failed', tone: 'calm', shape: 'skip' },
  skipped: { word: 'Skipped', tone: 'calm', shape: 'skip' },
};

/** The sentence behind a state's word. */
export const STATE_SENTENCES: Readonly<Record<AnyState, string>> = { ...ATTEMPT_STATES, ...TASK_STATES, ...RUN_STATES };

/** The order in which task states are counted and drawn: what needs a person first, what is done last. */
export const TASK_STATE_ORDER: readonly TaskState[] = [
  'failed',
  'errored',
  'upstream_failed',
  'skipped',
  'cancelled',
  'running',
  'ready',
  'waiting',
  'succeeded',
];
