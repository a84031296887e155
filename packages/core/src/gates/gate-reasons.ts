// Why gates say what they say: stable words, each with the sentence a person reads.

export const GATE_REASONS = {
  ORDER_FIRST: 'It is the first environment that releases come to.',
  ORDER_KEPT: 'The environment before it has run this very release.',
  ORDER_SKIPPED: 'The environment before it has not run this release; promote it there first.',
  ENVIRONMENT_LOCAL: 'An environment of kind local runs the working tree; nothing is promoted to it.',
  RELEASE_OF_OTHER_PROJECT: 'The release is of another project than the environment.',
  SOAK_NOT_WANTED: 'The policy wants no soak.',
  SOAK_LONG_ENOUGH: 'This release has run long enough in the environment before.',
  SOAK_RUNNING: 'This release has not run long enough in the environment before.',
  SOAK_ENDED: 'This release was replaced in the environment before, before it had run long enough there.',
  CYCLES_NOT_WANTED: 'The policy wants no cycles.',
  CYCLES_COMPLETE: 'Every pipeline has run through, often enough, with this release in the environment before.',
  CYCLES_MISSING: 'Pipelines have not run through often enough with this release in the environment before.',
  CYCLES_ENDED:
    'This release was replaced in the environment before, before its pipelines had run through often enough.',
  SIGN_OFFS_NOT_WANTED: 'The policy wants no sign-offs.',
  SIGN_OFFS_GIVEN: 'All who must have signed off this release for this environment.',
  SIGN_OFFS_MISSING: 'Sign-offs are missing. The author of the release and who asked for its promotion do not count.',
  SIGN_OFF_REFUSED: 'Somebody refused this release for this environment.',
  ROLLBACK_PLAN_NOT_WANTED: 'The policy wants no rollback plan.',
  ROLLBACK_PLAN_PRESENT: 'The rollback plan is written down.',
  ROLLBACK_PLAN_MISSING: 'The policy wants a rollback plan, and there is none.',
  CALENDAR_OPEN: 'No freeze is in force.',
  CALENDAR_FROZEN: 'A freeze is in force.',
  START_NOT_LIMITED: 'It may begin at any time.',
  START_REACHED: 'The time before which it must not begin has passed.',
  START_LATER: 'It was asked for a later time.',
  EVIDENCE_UNREACHABLE: 'What the gate is judged by could not be found out; that is never green.',
} as const;

export type GateReason = keyof typeof GATE_REASONS;
