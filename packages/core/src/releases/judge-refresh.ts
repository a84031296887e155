// A84: how far the full refresh of a rollback is. It starts when the rollback has taken effect, which does not wait for it.
import type { PromotionState } from '../promotion/promotion-states.ts';
import type { RunState } from '../runs/run-states.ts';

/** Every state with the sentence a person reads. */
export const REFRESH_STATES = {
  waiting: 'It starts when the environment has the release.',
  running: 'Its run has not ended.',
  succeeded: 'The models were made anew.',
  failed: 'It did not come to a good end: tables may hold rows of the release that was left.',
  dropped: 'The rollback did not take effect, so nothing is made anew.',
  unknown: 'Its run is no longer kept.',
} as const;

export type RefreshState = keyof typeof REFRESH_STATES;

/** What is known of it. */
export interface RefreshFacts {
  readonly promotion: PromotionState;
  /** Its run could not be started. */
  readonly isRefused: boolean;
  /** It was started. */
  readonly hasRun: boolean;
  /** Null: there is no such run, or no longer. */
  readonly run: RunState | null;
}

/** The state of a refresh. */
export function judgeRefresh({ promotion, isRefused, hasRun, run }: RefreshFacts): RefreshState {
  if (isRefused) return 'failed';
  if (!hasRun) return isWaiting(promotion) ? 'waiting' : 'dropped';
  if (run === null) return 'unknown';
  if (run === 'succeeded') return 'succeeded';
  return run === 'failed' || run === 'cancelled' ? 'failed' : 'running';
}

/** A rollback that has just taken effect starts it within a moment. */
function isWaiting(promotion: PromotionState): boolean {
  return promotion === 'pending' || promotion === 'running' || promotion === 'succeeded';
}
