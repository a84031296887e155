// What becomes of a slot:
//
//   (due) ──▶ queued ──▶ planned
//     │          └─────▶ skipped, missed
//     └────────────────▶ planned, skipped, missed

export const SLOT_OUTCOMES = {
  planned: 'A run of it was planned.',
  queued: 'It waits for the end of the run before it.',
  skipped: 'The schedule said no.',
  missed: 'It could not start in its time.',
} as const;

export type SlotOutcome = keyof typeof SLOT_OUTCOMES;

/** Why a slot has no run. */
export const SLOT_REASONS = {
  RUN_NOT_ENDED: 'A run of this schedule had not ended.',
  SUPERSEDED: 'A newer slot took its place.',
  QUEUE_FULL: 'A thousand slots were waiting already.',
  NOBODY_TICKED: 'No server was there at its time, and the catch-up policy leaves it out.',
  DEADLINE_PASSED: 'It could not start within its start deadline.',
  SCHEDULE_REMOVED: 'The schedule was removed while it waited.',
  PIPELINE_UNKNOWN: 'Its pipeline is not registered.',
  PARAMETERS_INVALID: 'Its parameters do not fit the pipeline.',
} as const;

export type SlotReason = keyof typeof SLOT_REASONS;
