import { attemptStates, isTerminalAttemptState } from '@towpath/core';

/** The states in which an attempt can still change; the predicate of the partial indexes on live attempts. */
export const LIVE_STATES_SQL = attemptStates()
  .filter((state) => !isTerminalAttemptState(state))
  .map((state) => `'${state}'`)
  .join(', ');
