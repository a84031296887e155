// The states of a task inside one run.
//
//   waiting ──its trigger rule holds──▶ ready ──claim──▶ running ──▶ succeeded | failed | errored | cancelled
//      │                                 ▲                  │
//      │                                 └──retry (later)───┘
//      └──its rule can't hold any more──▶ upstream_failed | skipped      waiting/ready ──cancel──▶ cancelled
//   (in a re-run from failed, what succeeded before begins as succeeded)

/** Every state with the sentence a person reads. */
export const TASK_STATES = {
  waiting: 'It waits for tasks it depends on.',
  ready: 'It can be claimed as soon as its time has come.',
  running: 'An attempt of it is granted, running or uncertain.',
  succeeded: 'An attempt of it succeeded, in this run or in the one that this run repeats.',
  failed: 'Its last attempt failed and no retry is left.',
  errored: 'Its last attempt errored and no retry is left, or repeating it could do harm.',
  upstream_failed: 'A task it depends on did not succeed, so it was not started.',
  skipped: 'It was not needed: nothing failed that it is there for, or a task it depends on was skipped.',
  cancelled: 'The run was cancelled before it could succeed.',
} as const;

export type TaskState = keyof typeof TASK_STATES;

const TERMINAL: readonly TaskState[] = ['succeeded', 'failed', 'errored', 'upstream_failed', 'skipped', 'cancelled'];

/** True when nothing can happen to the task any more in this run. */
export function isTerminalTaskState(state: TaskState): boolean {
  return TERMINAL.includes(state);
}
