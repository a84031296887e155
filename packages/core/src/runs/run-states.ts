// The states of a run, derived from its tasks: it ends in the transaction that ends its last task.
//
//   queued ──first claim──▶ running ──last task ended──▶ succeeded | failed | cancelled

/** Every state with the sentence a person reads. */
export const RUN_STATES = {
  queued: 'No task of it has been claimed yet.',
  running: 'At least one task was claimed and not all have ended.',
  succeeded: 'Every task succeeded.',
  failed: 'At least one task failed or errored.',
  cancelled: 'It was cancelled before every task could succeed.',
} as const;

export type RunState = keyof typeof RUN_STATES;

/** True when nothing can happen to the run any more. */
export function isTerminalRunState(state: RunState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
