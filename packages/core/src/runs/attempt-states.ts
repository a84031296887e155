// The states of an attempt: the one table that SQL guards, documents and tests read.
//
//   granted ──start──▶ running ──finish──▶ succeeded | failed | errored | cancelled
//      │ │                │ ▲
//      │ └────finish──────┼─┼──────────────▶ (an attempt may end before it reports its start)
//      └─────silence──────┴─┼─▶ uncertain ──adopt──▶ running
//                           └──────┘   ├────finish──▶ (the returning agent's word)
//                                      └────giveUp──▶ errored (lost for too long, or a person's word)
//   (an attempt that never began is not ended but removed, as if it had not been granted: STATES_BEFORE_START)
//   (a silent session that speaks again finds its attempts as they were: granted or running)

/** Every state with the sentence a person reads. */
export const ATTEMPT_STATES = {
  granted: 'An agent holds it and has not reported its start.',
  running: 'Its process was started.',
  uncertain: 'Its agent is silent; the process may still run.',
  succeeded: 'It ended with exit code 0 and a valid result.',
  failed: 'It ended by its own word: another exit code, a time limit, or an invalid result.',
  errored: 'It ended technically: it could not be started, or was lost.',
  cancelled: 'It was ended because a person or a closing server asked for it.',
} as const;

export type AttemptState = keyof typeof ATTEMPT_STATES;

/** Where an attempt may be that never began. Without a known start it can be given back: it is removed. */
export const STATES_BEFORE_START = ['granted', 'uncertain'] as const satisfies readonly AttemptState[];

/** How an attempt can end; what an agent reports as outcome. */
export type AttemptOutcome = 'succeeded' | 'failed' | 'errored' | 'cancelled';

export type AttemptEvent = 'start' | 'silence' | 'adopt' | 'giveUp' | AttemptOutcome;

type Transitions = Readonly<Partial<Record<AttemptEvent, AttemptState>>>;

const ENDINGS: Transitions = { succeeded: 'succeeded', failed: 'failed', errored: 'errored', cancelled: 'cancelled' };

/** `from × event → to`; what is absent is refused. A terminal state has no way out. */
export const ATTEMPT_TRANSITIONS: Readonly<Record<AttemptState, Transitions>> = {
  granted: { start: 'running', silence: 'uncertain', adopt: 'running', ...ENDINGS },
  running: { silence: 'uncertain', adopt: 'running', ...ENDINGS },
  uncertain: { adopt: 'running', giveUp: 'errored', ...ENDINGS },
  succeeded: {},
  failed: {},
  errored: {},
  cancelled: {},
};

/** The states an attempt may be in for this event to be accepted; the `state = any(…)` of the SQL guard. */
export function attemptStatesBefore(event: AttemptEvent): readonly AttemptState[] {
  return attemptStates().filter((state) => ATTEMPT_TRANSITIONS[state][event] !== undefined);
}

/** True when nothing can happen to the attempt any more. */
export function isTerminalAttemptState(state: AttemptState): boolean {
  return Object.keys(ATTEMPT_TRANSITIONS[state]).length === 0;
}

/** All states in the table's order. */
export function attemptStates(): readonly AttemptState[] {
  // Object.keys loses the literal type; the constant above is the only source of its keys.
  return Object.keys(ATTEMPT_STATES) as AttemptState[];
}
